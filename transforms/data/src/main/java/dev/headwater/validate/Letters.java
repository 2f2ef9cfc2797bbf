package dev.headwater.validate;

import dev.headwater.catalog.TableRef;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.files.BadRow;
import dev.headwater.files.BadRows;
import java.nio.ByteBuffer;
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
              2,
              "position",
              Types.LongType.get(),
              "the row in the file, or its byte in a text file; -1"),
          Types.NestedField.required(3, "code", Types.StringType.get(), "which rule, for programs"),
          Types.NestedField.required(4, "reason", Types.StringType.get(), "which rule, for people"),
          Types.NestedField.optional(5, "column", Types.StringType.get()),
          Types.NestedField.optional(6, "value", Types.StringType.get()),
          Types.NestedField.optional(
              7, "row", Types.StringType.get(), "the row as JSON, where it could be decoded"),
          Types.NestedField.required(8, "run", Types.StringType.get()),
          Types.NestedField.required(9, "at", Types.TimestampType.withZone(), "the run's start"),
          Types.NestedField.optional(
              10, "raw", Types.BinaryType.get(), "the bytes of a row that could not be decoded"),
          Types.NestedField.optional(
              11, "length", Types.LongType.get(), "how many bytes it has; raw may hold fewer"));

  /**
   * Letters of rows that could not be decoded.
   *
   * @param run the run's id
   * @param atMicros when the run began, in microseconds since 1970
   */
  public static BadRows undecoded(String run, long atMicros) {
    return (source, rows) -> {
      RowBatchBuilder out = new RowBatchBuilder(SCHEMA);
      for (BadRow row : rows) {
        out.append(
            source,
            row.position(),
            row.code(),
            row.reason(),
            row.column(),
            row.value(),
            null,
            run,
            atMicros,
            ByteBuffer.wrap(row.raw()),
            row.length());
      }
      return out.build();
    };
  }

  /** Where a table's letters are. */
  public static TableRef of(TableRef table) {
    return new TableRef(table.catalog(), table.namespace(), table.name() + "__letters");
  }
}
