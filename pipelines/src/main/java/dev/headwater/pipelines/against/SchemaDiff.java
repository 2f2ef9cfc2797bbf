package dev.headwater.pipelines.against;

import dev.headwater.pipelines.project.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;

/** A table's columns beside those that it had; fields of structs are columns with dots. */
final class SchemaDiff {
  private SchemaDiff() {}

  /**
   * What has changed.
   *
   * @param renamed old names to new ones, as far as that is known
   */
  static List<Change> of(Target target, Schema then, Schema now, Map<String, String> renamed) {
    Map<String, Types.NestedField> before = leaves(then);
    Map<String, Types.NestedField> after = leaves(now);
    Set<String> known = Set.copyOf(renamed.values());
    List<Change> changes = new ArrayList<>();
    before.forEach(
        (name, was) -> {
          String called = after.containsKey(name) ? name : renamed.getOrDefault(name, name);
          Types.NestedField is = after.get(called);
          if (is == null) {
            changes.add(new Change(Reason.REMOVED, target, name, "was " + was.type()));
            return;
          }
          if (!called.equals(name)) {
            changes.add(new Change(Reason.RENAMED, target, name, "is " + called));
          }
          compare(target, name, was, is, changes);
        });
    after.forEach(
        (name, is) -> {
          boolean other = known.contains(name) && !before.containsKey(name);
          if (!before.containsKey(name) && !other) {
            changes.add(new Change(Reason.ADDED, target, name, is.type().toString()));
          }
        });
    return changes;
  }

  private static void compare(
      Target target,
      String name,
      Types.NestedField was,
      Types.NestedField is,
      List<Change> changes) {
    if (!plain(was.type()).equals(plain(is.type()))) {
      boolean wider =
          was.type().isPrimitiveType()
              && is.type().isPrimitiveType()
              && was.type().typeId() != Type.TypeID.DATE
              && TypeUtil.isPromotionAllowed(was.type(), is.type().asPrimitiveType());
      changes.add(
          new Change(
              wider ? Reason.WIDENED : Reason.RETYPED,
              target,
              name,
              was.type() + " -> " + is.type()));
    }
    if (was.isRequired() != is.isRequired()) {
      changes.add(
          new Change(
              was.isRequired() ? Reason.NULLABLE : Reason.NOT_NULL,
              target,
              name,
              was.isRequired() ? "required -> optional" : "optional -> required"));
    }
  }

  private static Map<String, Types.NestedField> leaves(Schema schema) {
    Map<String, Types.NestedField> leaves = new LinkedHashMap<>();
    schema.columns().forEach(field -> leaves("", field, leaves));
    return leaves;
  }

  private static void leaves(
      String before, Types.NestedField field, Map<String, Types.NestedField> to) {
    String name = before + field.name();
    if (field.type().isStructType()) {
      field.type().asStructType().fields().forEach(f -> leaves(name + ".", f, to));
    } else {
      to.put(name, field);
    }
  }

  /** A type without the ids of what is in it. */
  private static String plain(Type type) {
    return type.toString().replaceAll("\\d+: ", "");
  }
}
