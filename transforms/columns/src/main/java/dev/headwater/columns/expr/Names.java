package dev.headwater.columns.expr;

import io.trino.sql.tree.DereferenceExpression;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.Identifier;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Columns by the names that expressions use, and fields of structs within them. */
final class Names {
  private final Schema schema;

  Names(Schema schema) {
    this.schema = schema;
  }

  /** A column, or a field by the names on its way. */
  record Found(List<String> names, int top, List<Integer> path, Type type) {
    Read read() {
      return new Read(top, String.join(".", names), path, type);
    }
  }

  /**
   * The column of a name, or the field of a dotted one.
   *
   * @return Java's null if the expression is not a name
   */
  @Nullable Found find(Expression expression) {
    List<Identifier> parts = parts(expression);
    if (parts == null) {
      return null;
    }
    List<Types.NestedField> fields = schema.columns();
    List<String> names = new ArrayList<>();
    int[] at = new int[parts.size()];
    Type type = schema.asStruct();
    for (int i = 0; i < at.length; i++) {
      at[i] = position(parts.get(i), fields, names);
      names.add(fields.get(at[i]).name());
      type = fields.get(at[i]).type();
      if (i + 1 < at.length) {
        if (!type.isStructType()) {
          throw new Mistake(
              String.join(".", names)
                  + " is "
                  + SqlTypes.name(type)
                  + ", not a struct: it has no field '"
                  + parts.get(i + 1).getValue()
                  + "'.");
        }
        fields = type.asStructType().fields();
      }
    }
    return new Found(names, at[0], java.util.Arrays.stream(at).skip(1).boxed().toList(), type);
  }

  private static @Nullable List<Identifier> parts(Expression expression) {
    if (expression instanceof Identifier name) {
      return List.of(name);
    }
    if (expression instanceof DereferenceExpression d && d.getField().isPresent()) {
      List<Identifier> base = parts(d.getBase());
      if (base != null) {
        List<Identifier> out = new ArrayList<>(base);
        out.add(d.getField().get());
        return out;
      }
    }
    return null;
  }

  /** Exactly as written; else without regard to case, where that is one and no quotes forbid it. */
  private static int position(Identifier name, List<Types.NestedField> fields, List<String> outer) {
    int found = -1;
    int alike = 0;
    for (int i = 0; i < fields.size(); i++) {
      String field = fields.get(i).name();
      if (field.equals(name.getValue())) {
        return i;
      }
      if (!name.isDelimited() && field.equalsIgnoreCase(name.getValue())) {
        found = i;
        alike++;
      }
    }
    if (alike == 1) {
      return found;
    }
    List<String> names = fields.stream().map(Types.NestedField::name).toList();
    String what = outer.isEmpty() ? "no column '" : "no field '";
    if (alike > 1) {
      throw new Mistake(
          what
              + name.getValue()
              + "', but several that differ in case: "
              + names.stream()
                  .filter(n -> n.equalsIgnoreCase(name.getValue()))
                  .collect(Collectors.joining(", "))
              + ".");
    }
    String where = outer.isEmpty() ? "" : " in " + String.join(".", outer);
    String meant = Words.meant(name.getValue(), names);
    throw new Mistake(
        what + name.getValue() + "'" + where + "." + (meant.isEmpty() ? "" : " " + meant));
  }
}
