package dev.headwater.kafka.decode;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headwater.files.SourceColumn;
import java.util.Map;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/** What Kafka Connect's and Debezium's names of a field's schema say of how it is written. */
final class ConnectNames {
  private static final String DECIMAL = "org.apache.kafka.connect.data.Decimal";
  private static final Map<String, String> TIMES =
      Map.ofEntries(
          Map.entry("io.debezium.time.Date", "epoch_d"),
          Map.entry("io.debezium.time.Time", "epoch_ms"),
          Map.entry("io.debezium.time.MicroTime", "epoch_us"),
          Map.entry("io.debezium.time.NanoTime", "epoch_ns"),
          Map.entry("io.debezium.time.Timestamp", "epoch_ms"),
          Map.entry("io.debezium.time.MicroTimestamp", "epoch_us"),
          Map.entry("io.debezium.time.NanoTimestamp", "epoch_ns"),
          Map.entry("org.apache.kafka.connect.data.Date", "epoch_d"),
          Map.entry("org.apache.kafka.connect.data.Time", "epoch_ms"),
          Map.entry("org.apache.kafka.connect.data.Timestamp", "epoch_ms"));

  private ConnectNames() {}

  /** How a column's values are written; null for JSON's own way. */
  static @Nullable String format(JsonNode field, Type column) {
    String name = field.path("name").asText();
    return switch (column.typeId()) {
      case DATE, TIME, TIMESTAMP -> TIMES.get(name);
      case DECIMAL ->
          name.equals(DECIMAL)
              ? SourceColumn.BASE64 + field.path("parameters").path("scale").asInt()
              : null;
      default -> null;
    };
  }
}
