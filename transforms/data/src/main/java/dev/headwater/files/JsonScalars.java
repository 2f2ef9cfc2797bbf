package dev.headwater.files;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.ColumnBuilder;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Columns of single values out of JSON. */
final class JsonScalars {
  private JsonScalars() {}

  /** Whole numbers, dates, times and short decimals. */
  static final class Longs extends JsonColumn {
    private final JsonText text;
    private final LongText longs;
    private long[] values = new long[64];

    Longs(Type type, JsonText text, LongText longs) {
      super(type);
      this.text = text;
      this.longs = longs;
    }

    @Override
    void put(JsonParser p) throws IOException {
      long value =
          longs.isWhole() && p.currentToken() == JsonToken.VALUE_NUMBER_INT ? whole(p) : parsed(p);
      putNull();
      values[size] = value;
    }

    private long whole(JsonParser p) throws IOException {
      if (p.getNumberType() == JsonParser.NumberType.BIG_INTEGER || !longs.fits(p.getLongValue())) {
        throw wrong(p);
      }
      return p.getLongValue();
    }

    private long parsed(JsonParser p) throws IOException {
      if (!p.currentToken().isScalarValue()) {
        throw wrong(p);
      }
      text.read(p);
      long value = longs.parse(text.bytes, 0, text.length);
      if (!longs.isGood()) {
        throw wrong(p);
      }
      return value;
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
      return longs.column(Arrays.copyOf(values, size), size, nulls.bits(size));
    }
  }

  static final class Doubles extends JsonColumn {
    private final JsonText text;
    private final TextNumbers numbers;
    private double[] values = new double[64];

    Doubles(Type type, JsonText text, @Nullable String format) {
      super(type);
      this.text = text;
      this.numbers = new TextNumbers(format);
    }

    @Override
    void put(JsonParser p) throws IOException {
      if (!p.currentToken().isScalarValue() || p.currentToken().isBoolean()) {
        throw wrong(p);
      }
      text.read(p);
      double value = numbers.parseDouble(text.bytes, 0, text.length);
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
      return TextNumbers.column(type, Arrays.copyOf(values, size), size, nulls.bits(size));
    }
  }

  static final class Booleans extends JsonColumn {
    private boolean[] values = new boolean[64];

    Booleans(Type type) {
      super(type);
    }

    @Override
    void put(JsonParser p) throws IOException {
      String word = p.currentToken().isScalarValue() ? p.getText() : "";
      if (!word.equals("true") && !word.equals("false")) {
        throw wrong(p);
      }
      putNull();
      values[size] = word.equals("true");
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
  static final class Strings extends JsonColumn {
    private final JsonText text;
    private final TextColumn out = new TextColumn();

    Strings(Type type, JsonText text) {
      super(type);
      this.text = text;
      out.begin();
    }

    @Override
    void put(JsonParser p) throws IOException {
      if (p.currentToken().isScalarValue() || p.currentToken() == JsonToken.FIELD_NAME) {
        text.read(p);
        out.add(text.bytes, 0, text.length, false);
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
  static final class Objects extends JsonColumn {
    private final JsonText text;
    private final TextNumbers numbers;
    private final List<@Nullable Object> values = new ArrayList<>();
    private final @Nullable Integer unscaled;

    /**
     * Of a type.
     *
     * @param format of decimals: base64 of their unscaled bytes, with the scale, or their shape
     */
    Objects(Type type, JsonText text, @Nullable String format) {
      super(type);
      this.text = text;
      this.numbers = new TextNumbers(format);
      this.unscaled =
          format != null && format.startsWith(SourceColumn.BASE64)
              ? Integer.valueOf(format.substring(SourceColumn.BASE64.length()))
              : null;
    }

    @Override
    void put(JsonParser p) throws IOException {
      if (!p.currentToken().isScalarValue()) {
        throw wrong(p);
      }
      if (unscaled != null && type instanceof Types.DecimalType decimal) {
        values.add(unscaled(p, decimal, unscaled));
        return;
      }
      text.read(p);
      if (type instanceof Types.DecimalType decimal) {
        BigDecimal value =
            numbers.parseDecimal(text.bytes, 0, text.length, decimal.precision(), decimal.scale());
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
                : ByteBuffer.wrap(Base64.getDecoder().decode(p.getText())));
      } catch (IllegalArgumentException e) {
        throw wrong(p);
      }
    }

    private BigDecimal unscaled(JsonParser p, Types.DecimalType decimal, int scale)
        throws IOException {
      try {
        byte[] bytes = Base64.getDecoder().decode(p.getText());
        BigDecimal value = new BigDecimal(new BigInteger(bytes), scale).setScale(decimal.scale());
        if (value.precision() <= decimal.precision()) {
          return value;
        }
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw wrong(p);
      }
      throw wrong(p);
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
}
