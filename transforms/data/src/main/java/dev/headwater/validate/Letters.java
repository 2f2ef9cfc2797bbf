package dev.headwater.validate;

import dev.headwater.catalog.TableRef;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/** The table of dead letters beside a table: one for each bad row, with the first reason. */
public final class Letters {
  private Letters() {}

  /** Its schema. */
  public static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(
              1, "source", Types.StringType.get(), "the file, or the transform"),
          Types.NestedField.required(
              2, "position", Types.LongType.get(), "the row in the file; -1"),
          Types.NestedField.required(3, "code", Types.StringType.get(), "which rule, for programs"),
          Types.NestedField.required(4, "reason", Types.StringType.get(), "which rule, for people"),
          Types.NestedField.optional(5, "column", Types.StringType.get()),
          Types.NestedField.optional(6, "value", Types.StringType.get()),
          Types.NestedField.required(7, "row", Types.StringType.get(), "the row as JSON"),
          Types.NestedField.required(8, "run", Types.StringType.get()),
          Types.NestedField.required(9, "at", Types.TimestampType.withZone(), "the run's start"));

  /** Where a table's letters are. */
  public static TableRef of(TableRef table) {
    return new TableRef(table.catalog(), table.namespace(), table.name() + "__letters");
  }
}
