package dev.headwater.parquet;

import dev.headwater.columns.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type.Repetition;
import org.jspecify.annotations.Nullable;

/** A wanted type beside where a file has it, found by field ids or, within foreign files, names. */
sealed interface NestedNode {
  /** Values of one primitive column. */
  record Primitive(int leaf) implements NestedNode {}

  /** A field that the file lacks. */
  record Missing(Type type, @Nullable Object value) implements NestedNode {}

  record Struct(Place place, List<NestedNode> fields) implements NestedNode {}

  /**
   * A list (of {@code first}), or a map from {@code first} to {@code second}.
   *
   * @param filled the definition level from which on there is an element
   */
  record Repeated(Place place, int filled, NestedNode first, @Nullable NestedNode second)
      implements NestedNode {}

  /**
   * Where a node's values begin and which of them are null.
   *
   * @param leaf a primitive column within the node
   * @param repeats entries that repeat a deeper level go on with the value
   * @param least the definition level from which on there is a value, null or not
   * @param defined the one from which on it is not null
   */
  record Place(int leaf, int repeats, int least, int defined) {}

  /** One primitive column that is to be read. */
  record Leaf(ColumnDescriptor column, UnaryOperator<Column> conversion, int least) {}

  /** Thrown where the file's shape has no rule here, and rows are read one by one instead. */
  final class UnknownShape extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnknownShape(String what) {
      super(what, null, false, false);
    }
  }

  /** Finds the nodes of one column, and the primitive columns they need. */
  final class Finder {
    private final MessageType file;
    private final boolean byName;
    private final List<Leaf> leaves = new ArrayList<>();

    Finder(MessageType file, boolean byName) {
      this.file = file;
      this.byName = byName;
    }

    List<Leaf> leaves() {
      return leaves;
    }

    /**
     * The node of a top-level column.
     *
     * @throws IllegalArgumentException if a type doesn't fit
     * @throws UnknownShape if the file has it in a way that has no rule
     */
    NestedNode find(Types.NestedField wanted, org.apache.parquet.schema.Type stored) {
      return node(wanted.name(), wanted.type(), stored, List.of(), 0, 0, 0);
    }

    private NestedNode node(
        String name,
        Type wanted,
        org.apache.parquet.schema.Type stored,
        List<String> above,
        int repeats,
        int least,
        int level) {
      if (stored.isRepetition(Repetition.REPEATED)) {
        throw new UnknownShape(name);
      }
      int defined = level + (stored.isRepetition(Repetition.OPTIONAL) ? 1 : 0);
      List<String> path = append(above, stored.getName());
      if (wanted.isVariantType()) {
        throw new UnknownShape(name);
      }
      if (wanted.isPrimitiveType() != stored.isPrimitive()) {
        throw unfit(name, wanted, stored);
      }
      if (wanted.isPrimitiveType()) {
        UnaryOperator<Column> conversion = Conversions.of(stored.asPrimitiveType(), wanted);
        if (conversion == null) {
          throw unfit(name, wanted, stored);
        }
        leaves.add(new Leaf(column(path), conversion, least));
        return new Primitive(leaves.size() - 1);
      }
      GroupType group = stored.asGroupType();
      if (wanted instanceof Types.StructType struct) {
        return struct(name, struct, group, path, repeats, least, defined);
      }
      GroupType entry = entry(name, group);
      List<String> inner = append(path, entry.getName());
      int filled = defined + 1;
      int first = leaves.size();
      if (wanted instanceof Types.ListType list && entry.getFieldCount() == 1) {
        NestedNode element =
            node(name, list.elementType(), entry.getType(0), inner, repeats + 1, filled, filled);
        return new Repeated(new Place(first, repeats, least, defined), filled, element, null);
      }
      if (wanted instanceof Types.MapType map && entry.getFieldCount() == 2) {
        NestedNode key =
            node(name, map.keyType(), entry.getType(0), inner, repeats + 1, filled, filled);
        NestedNode value =
            node(name, map.valueType(), entry.getType(1), inner, repeats + 1, filled, filled);
        return new Repeated(new Place(first, repeats, least, defined), filled, key, value);
      }
      throw new UnknownShape(name);
    }

    private NestedNode struct(
        String name,
        Types.StructType wanted,
        GroupType stored,
        List<String> path,
        int repeats,
        int least,
        int defined) {
      int first = leaves.size();
      List<NestedNode> fields = new ArrayList<>();
      for (Types.NestedField field : wanted.fields()) {
        org.apache.parquet.schema.Type same = child(stored, field);
        if (same != null) {
          fields.add(
              node(name + "." + field.name(), field.type(), same, path, repeats, least, defined));
        } else if (field.isRequired() && field.initialDefault() == null) {
          throw new IllegalArgumentException(
              "the required column " + name + "." + field.name() + " is missing");
        } else {
          fields.add(new Missing(field.type(), FileColumns.value(field.initialDefault())));
        }
      }
      if (leaves.size() == first) {
        // Which structs are null stands beside any of their values, wanted or not.
        leaves.add(new Leaf(anyColumn(stored, path), c -> c, least));
      }
      return new Struct(new Place(first, repeats, least, defined), fields);
    }

    /** The repeated group of a list or map, written in three levels. */
    private static GroupType entry(String name, GroupType group) {
      if (group.getFieldCount() != 1 || !group.getType(0).isRepetition(Repetition.REPEATED)) {
        throw new UnknownShape(name);
      }
      org.apache.parquet.schema.Type entry = group.getType(0);
      if (entry.isPrimitive()
          || entry.getName().equals("array")
          || entry.getName().equals(group.getName() + "_tuple")) {
        throw new UnknownShape(name);
      }
      return entry.asGroupType();
    }

    private org.apache.parquet.schema.@Nullable Type child(
        GroupType group, Types.NestedField field) {
      for (org.apache.parquet.schema.Type child : group.getFields()) {
        boolean same =
            byName
                ? child.getName().equals(field.name())
                : child.getId() != null && child.getId().intValue() == field.fieldId();
        if (same) {
          return child;
        }
      }
      return null;
    }

    private ColumnDescriptor anyColumn(GroupType group, List<String> path) {
      for (ColumnDescriptor column : file.getColumns()) {
        List<String> of = List.of(column.getPath());
        if (of.size() > path.size() && of.subList(0, path.size()).equals(path)) {
          return column;
        }
      }
      throw new UnknownShape(group.getName());
    }

    private ColumnDescriptor column(List<String> path) {
      return Objects.requireNonNull(file.getColumnDescription(path.toArray(String[]::new)));
    }

    private static List<String> append(List<String> path, String name) {
      List<String> out = new ArrayList<>(path);
      out.add(name);
      return List.copyOf(out);
    }

    private static IllegalArgumentException unfit(
        String name, Type wanted, org.apache.parquet.schema.Type stored) {
      return new IllegalArgumentException(
          "column " + name + " is " + stored + ", which does not fit " + wanted);
    }
  }
}
