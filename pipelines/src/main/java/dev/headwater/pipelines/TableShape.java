package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdatePartitionSpec;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.Term;
import org.apache.iceberg.types.Types;

/** Sees to it that a table is there with the columns and the partitioning that a run will write. */
final class TableShape {
  private TableShape() {}

  /** The table with exactly these columns, for a run that replaces all its rows. */
  static Table exactly(TableCatalog catalog, TableRef ref, Schema schema, PartitionSpec spec) {
    Optional<Table> found = catalog.find(ref);
    if (found.isEmpty()) {
      return catalog.create(ref, schema, spec, SortOrder.unsorted(), Map.of());
    }
    Table table = found.get();
    UpdateSchema update = table.updateSchema().allowIncompatibleChanges();
    boolean changed = false;
    Set<String> wanted =
        schema.columns().stream().map(Types.NestedField::name).collect(Collectors.toSet());
    for (Types.NestedField old : table.schema().columns()) {
      Types.NestedField now = schema.findField(old.name());
      if (!wanted.contains(old.name()) || now == null || !same(old, now)) {
        unpartition(table, old.name());
        update.deleteColumn(old.name());
        changed = true;
      }
    }
    for (Types.NestedField now : schema.columns()) {
      Types.NestedField old = table.schema().findField(now.name());
      if (old == null || !same(old, now)) {
        if (now.isOptional()) {
          update.addColumn(now.name(), now.type(), now.doc());
        } else {
          update.addRequiredColumn(now.name(), now.type(), now.doc());
        }
        changed = true;
      }
    }
    if (changed) {
      update.commit();
    }
    return partitioned(catalog, ref, spec);
  }

  /** The table with these columns besides those that it has, for a run that appends. */
  static Table atLeast(TableCatalog catalog, TableRef ref, Schema schema) {
    Table table = catalog.load(ref);
    try {
      UpdateSchema update = table.updateSchema().unionByNameWith(schema);
      if (!update.apply().sameSchema(table.schema())) {
        update.commit();
      }
      return catalog.load(ref);
    } catch (IllegalArgumentException | ValidationException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.DATA,
          "Cannot add the new files to " + ref + ": " + e.getMessage() + ".",
          "give the columns one type in all files, or take the new files out of the source.",
          e);
    }
  }

  private static boolean same(Types.NestedField a, Types.NestedField b) {
    return a.type().equals(b.type()) && a.isOptional() == b.isOptional();
  }

  /** A column that partitions the table can't be dropped before its partitions are. */
  private static void unpartition(Table table, String column) {
    UpdatePartitionSpec update = table.updateSpec();
    boolean any = false;
    for (PartitionField field : table.spec().fields()) {
      if (column.equals(table.schema().findColumnName(field.sourceId()))) {
        update.removeField(field.name());
        any = true;
      }
    }
    if (any) {
      update.commit();
    }
  }

  private static Table partitioned(TableCatalog catalog, TableRef ref, PartitionSpec spec) {
    Table table = catalog.load(ref);
    Set<String> now = names(table.spec());
    Set<String> wanted = names(spec);
    if (now.equals(wanted)) {
      return table;
    }
    UpdatePartitionSpec update = table.updateSpec();
    now.stream().filter(n -> !wanted.contains(n)).sorted().forEach(update::removeField);
    for (PartitionField field : spec.fields()) {
      if (!now.contains(field.name())) {
        update.addField(field.name(), term(spec, field));
      }
    }
    update.commit();
    return catalog.load(ref);
  }

  private static Set<String> names(PartitionSpec spec) {
    return spec.fields().stream()
        .filter(f -> !f.transform().isVoid())
        .map(PartitionField::name)
        .collect(Collectors.toSet());
  }

  private static Term term(PartitionSpec spec, PartitionField field) {
    String column = spec.schema().findColumnName(field.sourceId());
    String transform = field.transform().toString();
    int bracket = transform.indexOf('[');
    int size =
        bracket < 0
            ? 0
            : Integer.parseInt(transform.substring(bracket + 1, transform.length() - 1));
    return switch (bracket < 0 ? transform : transform.substring(0, bracket)) {
      case "year" -> Expressions.year(column);
      case "month" -> Expressions.month(column);
      case "day" -> Expressions.day(column);
      case "hour" -> Expressions.hour(column);
      case "bucket" -> Expressions.bucket(column, size);
      case "truncate" -> Expressions.truncate(column, size);
      default -> Expressions.ref(column);
    };
  }
}
