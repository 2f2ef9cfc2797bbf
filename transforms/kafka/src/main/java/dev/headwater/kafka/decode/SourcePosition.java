package dev.headwater.kafka.decode;

import java.util.function.Function;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Where a change stands in its database's log, as a text that sorts as the log goes. */
final class SourcePosition {
  private static final int WIDTH = 20;

  /** What Debezium's connectors say of it, in the {@code source} of a change. */
  static final Types.StructType FIELDS =
      Types.StructType.of(
          field(1, "connector", Types.StringType.get()),
          field(2, "ts_ms", Types.LongType.get()),
          field(3, "lsn", Types.LongType.get()),
          field(4, "file", Types.StringType.get()),
          field(5, "pos", Types.LongType.get()),
          field(6, "row", Types.LongType.get()),
          field(7, "commit_lsn", Types.StringType.get()),
          field(8, "change_lsn", Types.StringType.get()),
          field(9, "event_serial_no", Types.LongType.get()),
          field(10, "scn", Types.StringType.get()),
          field(11, "ord", Types.LongType.get()));

  /** The column of rows that have it. */
  static final NestedField SOURCE = NestedField.optional(100, "source", FIELDS);

  private SourcePosition() {}

  private static NestedField field(int id, String name, Type type) {
    return NestedField.optional(id, name, type);
  }

  /** The column that has it. */
  static NestedField column(Schema beside, String name) {
    return NestedField.optional(beside.highestFieldId() + 1, name, Types.StringType.get());
  }

  /**
   * The position; null where the change does not say its source.
   *
   * @param source its fields' values, whole numbers or texts, by their names
   */
  static @Nullable String of(Function<String, @Nullable Object> source) {
    Object connector = source.apply("connector");
    if (connector == null) {
      return null;
    }
    return switch (connector.toString()) {
      case "postgresql" -> number(source.apply("lsn"));
      case "mysql", "mariadb" ->
          file(source.apply("file"))
              + ":"
              + number(source.apply("pos"))
              + ":"
              + number(source.apply("row"));
      case "sqlserver" ->
          text(source.apply("commit_lsn"))
              + ":"
              + text(source.apply("change_lsn"))
              + ":"
              + number(source.apply("event_serial_no"));
      case "oracle" -> number(source.apply("scn"));
      default -> number(source.apply("ts_ms")) + ":" + number(source.apply("ord"));
    };
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  private static String number(@Nullable Object value) {
    String digits = text(value);
    return "0".repeat(Math.max(0, WIDTH - digits.length())) + digits;
  }

  /** {@code mysql-bin.999999} is before {@code mysql-bin.1000000}. */
  private static String file(@Nullable Object value) {
    String name = text(value);
    int dot = name.lastIndexOf('.') + 1;
    return name.substring(0, dot) + number(name.substring(dot));
  }
}
