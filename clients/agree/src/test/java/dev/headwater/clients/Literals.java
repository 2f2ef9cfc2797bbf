package dev.headwater.clients;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** How each client writes a value into a condition. */
enum Literals {
  SPARK,
  FLINK,
  OURS;

  private static final HexFormat HEX = HexFormat.of();
  private static final LocalDateTime EPOCH = LocalDateTime.of(1970, 1, 1, 0, 0);

  String name(String column) {
    return this == FLINK ? "`" + column + "`" : column;
  }

  String of(Type type, Object value) {
    return switch (type.typeId()) {
      case INTEGER -> this == SPARK ? "int('" + value + "')" : value.toString();
      case LONG -> this == SPARK ? "bigint('" + value + "')" : value.toString();
      case DECIMAL -> ((BigDecimal) value).toPlainString() + (this == SPARK ? "BD" : "");
      case DATE -> "date '" + LocalDate.ofEpochDay((Integer) value) + "'";
      case TIMESTAMP -> timestamp((Types.TimestampType) type, at(value, ' '));
      case STRING -> text((String) value);
      case BINARY -> "X'" + hex(value) + "'";
      default -> throw new IllegalArgumentException("no literal of " + type);
    };
  }

  private String timestamp(Types.TimestampType type, String at) {
    if (!type.shouldAdjustToUTC()) {
      return (this == SPARK ? "timestamp_ntz '" : "timestamp '") + at + "'";
    }
    return switch (this) {
      case SPARK -> "timestamp '" + at + "Z'";
      case FLINK -> "cast(timestamp '" + at + "' as timestamp_ltz(6))";
      case OURS -> "timestamp '" + at + " UTC'";
    };
  }

  private String text(String text) {
    StringBuilder out = new StringBuilder();
    if (this == SPARK) {
      return "cast(X'" + HEX.formatHex(text.getBytes(StandardCharsets.UTF_8)) + "' as string)";
    }
    for (int i = 0; i < text.length(); i++) {
      out.append("\\%04x".formatted((int) text.charAt(i)));
    }
    return "U&'" + out + "'";
  }

  /** As JSON for PyIceberg: of which kind a literal is, and its text. */
  static List<String> python(Type type, Object value) {
    return switch (type.typeId()) {
      case INTEGER, LONG -> List.of("int", value.toString());
      case DECIMAL -> List.of("text", ((BigDecimal) value).toPlainString());
      case DATE -> List.of("text", LocalDate.ofEpochDay((Integer) value).toString());
      case TIMESTAMP ->
          List.of(
              "text",
              at(value, 'T') + (((Types.TimestampType) type).shouldAdjustToUTC() ? "+00:00" : ""));
      case BINARY -> List.of("hex", hex(value));
      default -> List.of("text", value.toString());
    };
  }

  private static String at(Object micros, char between) {
    return EPOCH
        .plus((Long) micros, ChronoUnit.MICROS)
        .format(DateTimeFormatter.ofPattern("uuuu-MM-dd'" + between + "'HH:mm:ss.SSSSSS"));
  }

  private static String hex(Object value) {
    byte[] bytes = new byte[((ByteBuffer) value).remaining()];
    ((ByteBuffer) value).duplicate().get(bytes);
    return HEX.formatHex(bytes);
  }
}
