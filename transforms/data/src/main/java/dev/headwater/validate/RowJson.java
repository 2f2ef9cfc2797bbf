package dev.headwater.validate;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Rows as JSON, values as ISO 8601 and Base64 write them. */
public final class RowJson {
  private RowJson() {}

  /** One row, as an object in one line. */
  public static String row(RowBatch batch, int row) {
    StringBuilder out = new StringBuilder("{");
    List<Types.NestedField> fields = batch.schema().columns();
    for (int i = 0; i < fields.size(); i++) {
      Type type = fields.get(i).type();
      out.append(i == 0 ? "" : ",");
      quote(out, fields.get(i).name());
      out.append(':');
      write(out, Values.of(batch.column(i), type, row), type);
    }
    return out.append('}').toString();
  }

  /** One value as plain text. */
  public static @Nullable String text(@Nullable Object value, Type type) {
    if (value == null) {
      return null;
    }
    return switch (type.typeId()) {
      case DATE -> LocalDate.ofEpochDay((Integer) value).toString();
      case TIME -> LocalTime.ofNanoOfDay((Long) value * 1_000).toString();
      case TIMESTAMP -> time((Types.TimestampType) type, (Long) value);
      case BINARY, FIXED -> base64((ByteBuffer) value);
      case LIST, MAP, STRUCT -> {
        StringBuilder out = new StringBuilder();
        write(out, value, type);
        yield out.toString();
      }
      default -> value.toString();
    };
  }

  private static String time(Types.TimestampType type, long micros) {
    Instant instant = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    return type.shouldAdjustToUTC()
        ? instant.toString()
        : instant.atOffset(ZoneOffset.UTC).toLocalDateTime().toString();
  }

  private static String base64(ByteBuffer value) {
    byte[] bytes = new byte[value.remaining()];
    value.duplicate().get(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static void write(StringBuilder out, @Nullable Object value, Type type) {
    if (value == null) {
      out.append("null");
      return;
    }
    switch (type.typeId()) {
      case BOOLEAN, INTEGER, LONG, DECIMAL -> out.append(value);
      case FLOAT, DOUBLE -> {
        double number = ((Number) value).doubleValue();
        if (Double.isFinite(number)) {
          out.append(value);
        } else {
          quote(out, value.toString());
        }
      }
      case LIST -> {
        String comma = "[";
        for (Object element : (List<?>) value) {
          out.append(comma);
          write(out, element, type.asListType().elementType());
          comma = ",";
        }
        out.append(comma.equals("[") ? "[]" : "]");
      }
      case MAP -> {
        String comma = "{";
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
          out.append(comma);
          quote(out, String.valueOf(text(entry.getKey(), type.asMapType().keyType())));
          out.append(':');
          write(out, entry.getValue(), type.asMapType().valueType());
          comma = ",";
        }
        out.append(comma.equals("{") ? "{}" : "}");
      }
      case STRUCT -> {
        List<Types.NestedField> fields = type.asStructType().fields();
        Object[] values = (Object[]) value;
        for (int i = 0; i < values.length; i++) {
          out.append(i == 0 ? '{' : ',');
          quote(out, fields.get(i).name());
          out.append(':');
          write(out, values[i], fields.get(i).type());
        }
        out.append('}');
      }
      default -> quote(out, String.valueOf(text(value, type)));
    }
  }

  private static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20) {
        out.append(String.format(java.util.Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
