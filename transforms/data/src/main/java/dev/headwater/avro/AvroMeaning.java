package dev.headwater.avro;

import java.util.Map;
import org.apache.avro.Schema;

/**
 * What a number or a text of an Avro schema means: by Avro's logical types, or by the names that
 * Debezium's converters leave as {@code connect.name}.
 */
enum AvroMeaning {
  PLAIN,
  DAYS,
  TIME_MILLIS,
  TIME_MICROS,
  TIME_NANOS,
  MOMENT_MILLIS,
  MOMENT_MICROS,
  MOMENT_NANOS,
  LOCAL_MILLIS,
  LOCAL_MICROS,
  LOCAL_NANOS,
  DECIMAL,
  VARIABLE_DECIMAL,
  UUID,
  MOMENT_TEXT;

  private static final Map<String, AvroMeaning> LOGICAL =
      Map.ofEntries(
          Map.entry("date", DAYS),
          Map.entry("time-millis", TIME_MILLIS),
          Map.entry("time-micros", TIME_MICROS),
          Map.entry("timestamp-millis", MOMENT_MILLIS),
          Map.entry("timestamp-micros", MOMENT_MICROS),
          Map.entry("timestamp-nanos", MOMENT_NANOS),
          Map.entry("local-timestamp-millis", LOCAL_MILLIS),
          Map.entry("local-timestamp-micros", LOCAL_MICROS),
          Map.entry("local-timestamp-nanos", LOCAL_NANOS),
          Map.entry("decimal", DECIMAL),
          Map.entry("uuid", UUID));

  private static final Map<String, AvroMeaning> CONNECT =
      Map.ofEntries(
          Map.entry("io.debezium.time.Date", DAYS),
          Map.entry("io.debezium.time.Time", TIME_MILLIS),
          Map.entry("io.debezium.time.MicroTime", TIME_MICROS),
          Map.entry("io.debezium.time.NanoTime", TIME_NANOS),
          Map.entry("io.debezium.time.Timestamp", LOCAL_MILLIS),
          Map.entry("io.debezium.time.MicroTimestamp", LOCAL_MICROS),
          Map.entry("io.debezium.time.NanoTimestamp", LOCAL_NANOS),
          Map.entry("io.debezium.time.ZonedTimestamp", MOMENT_TEXT),
          Map.entry("io.debezium.data.VariableScaleDecimal", VARIABLE_DECIMAL),
          Map.entry("io.debezium.data.Uuid", UUID));

  static AvroMeaning of(Schema schema) {
    // Avro itself leaves out a logical type that doesn't go with its schema.
    if (schema.getLogicalType() != null) {
      AvroMeaning meaning = LOGICAL.getOrDefault(schema.getLogicalType().getName(), PLAIN);
      return Boolean.FALSE.equals(schema.getObjectProp("adjust-to-utc"))
          ? meaning.local()
          : meaning;
    }
    String name = schema.getProp("connect.name");
    return name == null ? PLAIN : CONNECT.getOrDefault(name, PLAIN);
  }

  /** As Iceberg's own files say it. */
  private AvroMeaning local() {
    return switch (this) {
      case MOMENT_MILLIS -> LOCAL_MILLIS;
      case MOMENT_MICROS -> LOCAL_MICROS;
      case MOMENT_NANOS -> LOCAL_NANOS;
      default -> this;
    };
  }

  boolean isTime() {
    return this == TIME_MILLIS || this == TIME_MICROS || this == TIME_NANOS;
  }

  boolean isMoment() {
    return this == MOMENT_MILLIS || this == MOMENT_MICROS || this == MOMENT_NANOS;
  }

  boolean isLocal() {
    return this == LOCAL_MILLIS || this == LOCAL_MICROS || this == LOCAL_NANOS;
  }

  /** A number of this meaning's units in microseconds; nanoseconds round down. */
  long micros(long value) {
    return switch (this) {
      case TIME_MILLIS, MOMENT_MILLIS, LOCAL_MILLIS -> Math.multiplyExact(value, 1_000L);
      case TIME_NANOS, MOMENT_NANOS, LOCAL_NANOS -> Math.floorDiv(value, 1_000L);
      default -> value;
    };
  }
}
