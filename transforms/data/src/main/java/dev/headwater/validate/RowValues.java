package dev.headwater.validate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** What {@link RowJson} has written, as values again: the same ones, of every type. */
final class RowValues {
  private static final JsonFactory JSON = new JsonFactory();

  private RowValues() {}

  /** A row that has no such values. */
  static final class NoRow extends Exception {
    private static final long serialVersionUID = 1;
    private final transient Letter.Reason reason;

    NoRow(Letter.Reason reason) {
      super(reason.sentence());
      this.reason = reason;
    }

    Letter.Reason reason() {
      return reason;
    }
  }

  /**
   * A row's values, in the order of the columns. Columns that it lacks are null, and so may be
   * those that it has beside them.
   *
   * @param renamed columns that had other names, old to new
   * @throws NoRow if it is no such row
   */
  static @Nullable Object[] of(String json, Schema schema, Map<String, String> renamed)
      throws NoRow {
    @Nullable Object[] values = new @Nullable Object[schema.columns().size()];
    try (JsonParser p = JSON.createParser(json)) {
      if (p.nextToken() != JsonToken.START_OBJECT) {
        throw new NoRow(new Letter.Reason("syntax", "it is no object", null, null));
      }
      while (p.nextToken() == JsonToken.FIELD_NAME) {
        String name = renamed.getOrDefault(p.currentName(), p.currentName());
        Types.NestedField field = schema.asStruct().field(name);
        p.nextToken();
        if (field != null) {
          values[schema.columns().indexOf(field)] = value(p, field.type(), name);
        } else if (p.currentToken() != JsonToken.VALUE_NULL) {
          String why = "'" + name + "' is no column of the table";
          throw new NoRow(new Letter.Reason("unknown", why, name, shown(p)));
        }
      }
      if (p.nextToken() != null) {
        String why = "something stands behind the object";
        throw new NoRow(new Letter.Reason("syntax", why, null, null));
      }
    } catch (JsonProcessingException e) {
      throw new NoRow(new Letter.Reason("syntax", e.getOriginalMessage(), null, null));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    for (int i = 0; i < values.length; i++) {
      Types.NestedField field = schema.columns().get(i);
      if (values[i] == null && field.isRequired()) {
        String why = field.name() + " is null, but the table requires it";
        throw new NoRow(new Letter.Reason("required", why, field.name(), null));
      }
    }
    return values;
  }

  private static @Nullable Object value(JsonParser p, Type type, String column)
      throws IOException, NoRow {
    if (p.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    switch (type.typeId()) {
      case LIST -> {
        start(p, JsonToken.START_ARRAY, type, column);
        List<@Nullable Object> list = new ArrayList<>();
        while (p.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(p, type.asListType().elementType(), column));
        }
        return list;
      }
      case MAP -> {
        start(p, JsonToken.START_OBJECT, type, column);
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        while (p.nextToken() == JsonToken.FIELD_NAME) {
          Object key = scalar(p.currentName(), type.asMapType().keyType(), column);
          p.nextToken();
          map.put(key, value(p, type.asMapType().valueType(), column));
        }
        return map;
      }
      case STRUCT -> {
        start(p, JsonToken.START_OBJECT, type, column);
        List<Types.NestedField> fields = type.asStructType().fields();
        @Nullable Object[] values = new @Nullable Object[fields.size()];
        while (p.nextToken() == JsonToken.FIELD_NAME) {
          Types.NestedField field = type.asStructType().field(p.currentName());
          p.nextToken();
          if (field == null) {
            throw wrong(p, type, column);
          }
          values[fields.indexOf(field)] = value(p, field.type(), column);
        }
        return values;
      }
      default -> {
        if (!p.currentToken().isScalarValue()) {
          throw wrong(p, type, column);
        }
        return scalar(p.getText(), type, column);
      }
    }
  }

  private static void start(JsonParser p, JsonToken wanted, Type type, String column)
      throws IOException, NoRow {
    if (p.currentToken() != wanted) {
      throw wrong(p, type, column);
    }
  }

  private static Object scalar(String text, Type type, String column) throws NoRow {
    try {
      return switch (type.typeId()) {
        case BOOLEAN -> {
          if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("neither true nor false");
          }
          yield Boolean.valueOf(text);
        }
        case INTEGER -> Integer.valueOf(text);
        case LONG, TIMESTAMP_NANO -> Long.valueOf(text);
        case FLOAT -> Float.valueOf(text);
        case DOUBLE -> Double.valueOf(text);
        case DECIMAL -> decimal(text, (Types.DecimalType) type);
        case STRING -> text;
        case UUID -> UUID.fromString(text);
        case DATE -> Math.toIntExact(LocalDate.parse(text).toEpochDay());
        case TIME -> LocalTime.parse(text).toNanoOfDay() / 1_000;
        case TIMESTAMP -> micros(text, ((Types.TimestampType) type).shouldAdjustToUTC());
        case BINARY, FIXED -> ByteBuffer.wrap(Base64.getDecoder().decode(text));
        default -> throw new IllegalArgumentException("no values of " + type);
      };
    } catch (ArithmeticException | DateTimeException | IllegalArgumentException e) {
      throw wrong(text, type, column);
    }
  }

  private static BigDecimal decimal(String text, Types.DecimalType type) {
    BigDecimal value = new BigDecimal(text).setScale(type.scale());
    if (value.precision() > type.precision()) {
      throw new IllegalArgumentException("too many digits");
    }
    return value;
  }

  private static long micros(String text, boolean utc) {
    Instant at = utc ? Instant.parse(text) : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    return Math.addExact(Math.multiplyExact(at.getEpochSecond(), 1_000_000L), at.getNano() / 1_000);
  }

  private static NoRow wrong(JsonParser p, Type type, String column) throws IOException {
    return wrong(shown(p), type, column);
  }

  private static NoRow wrong(String value, Type type, String column) {
    return new NoRow(new Letter.Reason("type", column + " is no " + type, column, value));
  }

  private static String shown(JsonParser p) throws IOException {
    return switch (p.currentToken()) {
      case START_OBJECT -> "{…}";
      case START_ARRAY -> "[…]";
      default -> p.getText();
    };
  }
}
