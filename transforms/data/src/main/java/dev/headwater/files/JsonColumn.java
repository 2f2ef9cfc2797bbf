package dev.headwater.files;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.ColumnBuilder;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.FloatColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.ListColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.MapColumn;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** One column out of JSON values, one by one, without an object each. One thread. */
abstract class JsonColumn {
  /** A value is none of the column's. */
  static final class NoValue extends RuntimeException {
    private static final long serialVersionUID = 1;
    final String code;
    final String why;
    final String column;
    final @Nullable String value;

    NoValue(String code, String why, String column, @Nullable String value) {
      super(why, null, false, false);
      this.code = code;
      this.why = why;
      this.column = column;
      this.value = value;
    }

    /** The same of a field of this name. */
    NoValue in(String name) {
      return new NoValue(code, why, column.isEmpty() ? name : name + "." + column, value);
    }
  }

  final Type type;
  final NullRows nulls = new NullRows();
  int size;

  JsonColumn(Type type) {
    this.type = type;
  }

  static JsonColumn of(Type type, @Nullable String format, Texts texts) {
    return switch (type.typeId()) {
      case BOOLEAN -> new Booleans(type);
      case INTEGER -> new Ints(type, texts, null);
      case DATE -> new Ints(type, texts, TimeFormat.of(format));
      case LONG -> new Longs(type, texts, null);
      case TIME, TIMESTAMP -> new Longs(type, texts, TimeFormat.of(format));
      case FLOAT, DOUBLE -> new Doubles(type, texts);
      case STRING -> new Strings(type, texts);
      case DECIMAL, UUID, BINARY -> new Objects(type, texts);
      case LIST -> new Lists((Types.ListType) type, texts);
      case MAP -> new Maps((Types.MapType) type, texts);
      case STRUCT -> new JsonStruct((Types.StructType) type, List.of(), false, texts);
      default -> throw new IllegalArgumentException("JSON has no values of type " + type);
    };
  }

  /** Appends the value whose first token the parser is at, and reads it to its last one. */
  final void read(JsonParser p) throws IOException {
    if (p.currentToken() == JsonToken.VALUE_NULL) {
      addNull();
    } else {
      put(p);
      size++;
    }
  }

  final void addNull() {
    nulls.set(size);
    putNull();
    size++;
  }

  /** Forgets rows from this one on. */
  void cut(int rows) {
    nulls.cut(rows);
    size = rows;
  }

  abstract void put(JsonParser p) throws IOException;

  abstract void putNull();

  /** The column; the next batch begins. */
  final Column build() {
    Column out = column();
    nulls.cut(0);
    size = 0;
    return out;
  }

  abstract Column column();

  NoValue wrong(JsonParser p) throws IOException {
    String found =
        switch (p.currentToken()) {
          case START_OBJECT -> "{…}";
          case START_ARRAY -> "[…]";
          default -> p.getText();
        };
    String value = found.length() <= BadRow.VALUE ? found : found.substring(0, BadRow.VALUE);
    return new NoValue("type", "is no " + TypeText.of(type), "", value);
  }

  /** The bytes of the parser's text. */
  static final class Texts {
    byte[] bytes = new byte[256];
    int length;

    void read(JsonParser p) throws IOException {
      char[] chars = p.getTextCharacters();
      int from = p.getTextOffset();
      int n = p.getTextLength();
      if (bytes.length < n + 16) {
        bytes = new byte[2 * n + 16];
      }
      for (int i = 0; i < n; i++) {
        char c = chars[from + i];
        if (c > 127) {
          encode(chars, from, n);
          return;
        }
        bytes[i] = (byte) c;
      }
      length = n;
    }

    private void encode(char[] chars, int from, int n) {
      for (int i = 0; i < n; i++) {
        char c = chars[from + i];
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < n
                && Character.isLowSurrogate(chars[from + i + 1]);
        if (Character.isSurrogate(c) && !pair) {
          throw new NoValue("encoding", "has half of a surrogate pair", "", null);
        }
        i += pair ? 1 : 0;
      }
      byte[] all = new String(chars, from, n).getBytes(java.nio.charset.StandardCharsets.UTF_8);
      length = all.length;
      bytes = Arrays.copyOf(all, all.length + 16);
    }
  }

  private static final class Longs extends JsonColumn {
    private final Texts texts;
    private final @Nullable TimeFormat times;
    private final TextNumbers numbers = new TextNumbers();
    private long[] values = new long[64];

    Longs(Type type, Texts texts, @Nullable TimeFormat times) {
      super(type);
      this.texts = texts;
      this.times = times;
    }

    @Override
    void put(JsonParser p) throws IOException {
      long value;
      if (times == null && p.currentToken() == JsonToken.VALUE_NUMBER_INT) {
        if (p.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
          throw wrong(p);
        }
        value = p.getLongValue();
      } else if (!p.currentToken().isScalarValue()) {
        throw wrong(p);
      } else {
        texts.read(p);
        boolean utc = type instanceof Types.TimestampType t && t.shouldAdjustToUTC();
        value =
            times == null
                ? numbers.parseLong(texts.bytes, 0, texts.length)
                : type.typeId() == Type.TypeID.TIME
                    ? times.parseTime(texts.bytes, 0, texts.length)
                    : times.parseTimestamp(texts.bytes, 0, texts.length, utc);
        if (!(times == null ? numbers.isGood() : times.isGood())) {
          throw wrong(p);
        }
      }
      putNull();
      values[size] = value;
    }

    @Override
    void putNull() {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size] = 0;
    }

    @Override
    Column column() {
      return LongColumn.of(Arrays.copyOf(values, size), nulls.bits(size));
    }
  }

  private static final class Ints extends JsonColumn {
    private final Texts texts;
    private final @Nullable TimeFormat times;
    private final TextNumbers numbers = new TextNumbers();
    private int[] values = new int[64];

    Ints(Type type, Texts texts, @Nullable TimeFormat times) {
      super(type);
      this.texts = texts;
      this.times = times;
    }

    @Override
    void put(JsonParser p) throws IOException {
      int value;
      if (times == null && p.currentToken() == JsonToken.VALUE_NUMBER_INT) {
        if (p.getNumberType() != JsonParser.NumberType.INT) {
          throw wrong(p);
        }
        value = p.getIntValue();
      } else if (!p.currentToken().isScalarValue()) {
        throw wrong(p);
      } else {
        texts.read(p);
        value =
            times == null
                ? numbers.parseInt(texts.bytes, 0, texts.length)
                : times.parseDate(texts.bytes, 0, texts.length);
        if (!(times == null ? numbers.isGood() : times.isGood())) {
          throw wrong(p);
        }
      }
      putNull();
      values[size] = value;
    }

    @Override
    void putNull() {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size] = 0;
    }

    @Override
    Column column() {
      return IntColumn.of(Arrays.copyOf(values, size), nulls.bits(size));
    }
  }

  private static final class Doubles extends JsonColumn {
    private final Texts texts;
    private final TextNumbers numbers = new TextNumbers();
    private double[] values = new double[64];

    Doubles(Type type, Texts texts) {
      super(type);
      this.texts = texts;
    }

    @Override
    void put(JsonParser p) throws IOException {
      if (!p.currentToken().isScalarValue() || p.currentToken().isBoolean()) {
        throw wrong(p);
      }
      texts.read(p);
      double value = numbers.parseDouble(texts.bytes, 0, texts.length);
      if (!numbers.isGood()) {
        throw wrong(p);
      }
      putNull();
      values[size] = value;
    }

    @Override
    void putNull() {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size] = 0;
    }

    @Override
    Column column() {
      if (type.typeId() == Type.TypeID.DOUBLE) {
        return DoubleColumn.of(Arrays.copyOf(values, size), nulls.bits(size));
      }
      float[] floats = new float[size];
      for (int i = 0; i < size; i++) {
        floats[i] = (float) values[i];
      }
      return FloatColumn.of(floats, nulls.bits(size));
    }
  }

  private static final class Booleans extends JsonColumn {
    private boolean[] values = new boolean[64];

    Booleans(Type type) {
      super(type);
    }

    @Override
    void put(JsonParser p) throws IOException {
      String text = p.currentToken().isScalarValue() ? p.getText() : "";
      if (!text.equals("true") && !text.equals("false")) {
        throw wrong(p);
      }
      putNull();
      values[size] = text.equals("true");
    }

    @Override
    void putNull() {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size] = false;
    }

    @Override
    Column column() {
      return BooleanColumn.of(Arrays.copyOf(values, size), nulls.bits(size));
    }
  }

  /** Texts; what is none is kept as the JSON that it is. */
  private static final class Strings extends JsonColumn {
    private final Texts texts;
    private final TextColumn out = new TextColumn();

    Strings(Type type, Texts texts) {
      super(type);
      this.texts = texts;
      out.begin();
    }

    @Override
    void put(JsonParser p) throws IOException {
      if (p.currentToken().isScalarValue() || p.currentToken() == JsonToken.FIELD_NAME) {
        texts.read(p);
        out.add(texts.bytes, 0, texts.length, false);
        return;
      }
      byte[] json = JsonSource.copy(p);
      out.add(json, 0, json.length, false);
    }

    @Override
    void putNull() {
      out.addNull();
    }

    @Override
    void cut(int rows) {
      super.cut(rows);
      out.cut(rows);
    }

    @Override
    Column column() {
      Column built = out.build();
      out.begin();
      return built;
    }
  }

  /** Decimals, UUIDs and bytes (base64). */
  private static final class Objects extends JsonColumn {
    private final Texts texts;
    private final TextNumbers numbers = new TextNumbers();
    private final List<@Nullable Object> values = new ArrayList<>();

    Objects(Type type, Texts texts) {
      super(type);
      this.texts = texts;
    }

    @Override
    void put(JsonParser p) throws IOException {
      if (!p.currentToken().isScalarValue()) {
        throw wrong(p);
      }
      texts.read(p);
      if (type instanceof Types.DecimalType decimal) {
        BigDecimal value =
            numbers.parseDecimal(
                texts.bytes, 0, texts.length, decimal.precision(), decimal.scale());
        if (!numbers.isGood()) {
          throw wrong(p);
        }
        values.add(value);
        return;
      }
      try {
        values.add(
            type.typeId() == Type.TypeID.UUID
                ? UUID.fromString(p.getText())
                : java.nio.ByteBuffer.wrap(java.util.Base64.getDecoder().decode(p.getText())));
      } catch (IllegalArgumentException e) {
        throw wrong(p);
      }
    }

    @Override
    void putNull() {
      values.add(null);
    }

    @Override
    void cut(int rows) {
      super.cut(rows);
      values.subList(rows, values.size()).clear();
    }

    @Override
    Column column() {
      ColumnBuilder out = ColumnBuilder.of(type);
      values.forEach(out::append);
      values.clear();
      return out.build();
    }
  }

  private static final class Lists extends JsonColumn {
    private final JsonColumn elements;
    private int[] ends = new int[64];

    Lists(Types.ListType type, Texts texts) {
      super(type);
      this.elements = of(type.elementType(), null, texts);
    }

    @Override
    void put(JsonParser p) throws IOException {
      if (p.currentToken() != JsonToken.START_ARRAY) {
        throw wrong(p);
      }
      while (p.nextToken() != JsonToken.END_ARRAY) {
        elements.read(p);
      }
      putNull();
    }

    @Override
    void putNull() {
      if (size == ends.length) {
        ends = Arrays.copyOf(ends, 2 * size);
      }
      ends[size] = elements.size;
    }

    @Override
    void cut(int rows) {
      super.cut(rows);
      elements.cut(rows == 0 ? 0 : ends[rows - 1]);
    }

    @Override
    Column column() {
      int[] offsets = new int[size + 1];
      System.arraycopy(ends, 0, offsets, 1, size);
      return ListColumn.of(offsets, elements.build(), nulls.bits(size));
    }
  }

  private static final class Maps extends JsonColumn {
    private final JsonColumn keys;
    private final JsonColumn values;
    private int[] ends = new int[64];

    Maps(Types.MapType type, Texts texts) {
      super(type);
      if (type.keyType().typeId() != Type.TypeID.STRING) {
        throw new IllegalArgumentException("JSON has maps of texts only, not of " + type.keyType());
      }
      this.keys = of(type.keyType(), null, texts);
      this.values = of(type.valueType(), null, texts);
    }

    @Override
    void put(JsonParser p) throws IOException {
      if (p.currentToken() != JsonToken.START_OBJECT) {
        throw wrong(p);
      }
      while (p.nextToken() != JsonToken.END_OBJECT) {
        keys.put(p);
        keys.size++;
        p.nextToken();
        values.read(p);
      }
      putNull();
    }

    @Override
    void putNull() {
      if (size == ends.length) {
        ends = Arrays.copyOf(ends, 2 * size);
      }
      ends[size] = keys.size;
    }

    @Override
    void cut(int rows) {
      super.cut(rows);
      keys.cut(rows == 0 ? 0 : ends[rows - 1]);
      values.cut(rows == 0 ? 0 : ends[rows - 1]);
    }

    @Override
    Column column() {
      int[] offsets = new int[size + 1];
      System.arraycopy(ends, 0, offsets, 1, size);
      return MapColumn.of(offsets, keys.build(), values.build(), nulls.bits(size));
    }
  }
}
