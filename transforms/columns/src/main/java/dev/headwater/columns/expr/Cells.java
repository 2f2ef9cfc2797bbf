package dev.headwater.columns.expr;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DecimalColumn;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.FloatColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Single values of columns, for what is not worth a loop of its own. */
final class Cells {
  private Cells() {}

  /** The value of a row as Java holds it, or null. */
  static @Nullable Object at(Column column, Type type, int row) {
    if (column.isNull(row)) {
      return null;
    }
    if (column instanceof BooleanColumn c) {
      return c.values()[row];
    } else if (column instanceof IntColumn c) {
      return c.values()[row];
    } else if (column instanceof LongColumn c) {
      return c.values()[row];
    } else if (column instanceof FloatColumn c) {
      return c.values()[row];
    } else if (column instanceof DoubleColumn c) {
      return c.values()[row];
    } else if (column instanceof DecimalColumn c) {
      return c.get(row);
    } else if (column instanceof BytesColumn c) {
      return bytes(c, row, type);
    } else if (column instanceof DictionaryColumn c) {
      return bytes(c.dictionary(), c.codes()[row], type);
    }
    throw new IllegalStateException("a " + type + " is not a single value");
  }

  private static Object bytes(BytesColumn column, int row, Type type) {
    if (SqlTypes.isString(type)) {
      return column.string(row);
    }
    ByteBuffer bytes = ByteBuffer.wrap(column.get(row));
    return SqlTypes.is(type, Type.TypeID.UUID)
        ? new UUID(bytes.getLong(0), bytes.getLong(8))
        : bytes;
  }

  static byte[] toBytes(Object value) {
    if (value instanceof String s) {
      return s.getBytes(StandardCharsets.UTF_8);
    }
    if (value instanceof UUID u) {
      return ByteBuffer.allocate(16)
          .putLong(u.getMostSignificantBits())
          .putLong(u.getLeastSignificantBits())
          .array();
    }
    ByteBuffer buffer = ((ByteBuffer) value).duplicate();
    byte[] out = new byte[buffer.remaining()];
    buffer.get(out);
    return out;
  }

  /** A column of these values. */
  static Column column(Type type, @Nullable Object[] values) {
    int n = values.length;
    long[] nullWords = new long[Bits.words(n)];
    for (int i = 0; i < n; i++) {
      if (values[i] == null) {
        nullWords[i >>> 6] |= 1L << i;
      }
    }
    Bits nulls = Bits.of(nullWords, n);
    return switch (SqlTypes.held(type)) {
      case BOOLEAN -> {
        boolean[] out = new boolean[n];
        for (int i = 0; i < n; i++) {
          out[i] = values[i] instanceof Boolean b && b;
        }
        yield BooleanColumn.of(out, nulls);
      }
      case INT -> {
        int[] out = new int[n];
        for (int i = 0; i < n; i++) {
          out[i] = values[i] instanceof Integer v ? v : 0;
        }
        yield IntColumn.of(out, nulls);
      }
      case LONG -> {
        long[] out = new long[n];
        for (int i = 0; i < n; i++) {
          out[i] = values[i] instanceof Long v ? v : 0;
        }
        yield LongColumn.of(out, nulls);
      }
      case FLOAT -> {
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
          out[i] = values[i] instanceof Float v ? v : 0;
        }
        yield FloatColumn.of(out, nulls);
      }
      case DOUBLE -> {
        double[] out = new double[n];
        for (int i = 0; i < n; i++) {
          out[i] = values[i] instanceof Double v ? v : 0;
        }
        yield DoubleColumn.of(out, nulls);
      }
      case DECIMAL -> decimals((Types.DecimalType) type, values, nulls);
      case BYTES -> bytes(values, nulls);
      case NESTED -> throw new IllegalStateException("a " + type + " is not a single value");
    };
  }

  private static Column decimals(Types.DecimalType type, @Nullable Object[] values, Bits nulls) {
    long[] low = new long[values.length];
    long[] high = type.precision() > 18 ? new long[values.length] : null;
    for (int i = 0; i < values.length; i++) {
      if (values[i] instanceof BigDecimal d) {
        BigInteger unscaled = d.unscaledValue();
        low[i] = unscaled.longValue();
        if (high != null) {
          high[i] = unscaled.shiftRight(64).longValue();
        }
      }
    }
    return DecimalColumn.of(type.scale(), low, high, nulls);
  }

  private static BytesColumn bytes(@Nullable Object[] values, Bits nulls) {
    ByteArrayOutputStream data = new ByteArrayOutputStream(values.length * 8);
    int[] offsets = new int[values.length + 1];
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      if (value != null) {
        data.writeBytes(toBytes(value));
      }
      offsets[i + 1] = data.size();
    }
    return BytesColumn.of(data.toByteArray(), offsets, nulls);
  }

  /** n times the same value. */
  static Column repeat(Type type, @Nullable Object value, int n) {
    @Nullable Object[] one = {value};
    return column(type, one).gather(new int[n]);
  }

  static BytesColumn plain(Column column) {
    return column instanceof DictionaryColumn coded ? coded.decode() : (BytesColumn) column;
  }

  /** The entries at these positions, of which equal ones may be several, as a dictionary column. */
  static DictionaryColumn coded(BytesColumn entries, int[] rows) {
    int n = entries.size();
    Map<ByteBuffer, Integer> codes = new HashMap<>();
    int[] code = new int[n];
    int[] first = new int[n];
    for (int i = 0; i < n; i++) {
      if (!entries.isNull(i)) {
        ByteBuffer key = ByteBuffer.wrap(entries.data(), entries.offsets()[i], entries.length(i));
        Integer known = codes.putIfAbsent(key, codes.size());
        code[i] = known == null ? codes.size() - 1 : known;
        if (known == null) {
          first[code[i]] = i;
        }
      }
    }
    BytesColumn dictionary =
        withoutNulls(entries.gather(java.util.Arrays.copyOf(first, codes.size())));
    int[] out = new int[rows.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = code[rows[i]];
    }
    Bits nulls = entries.nulls();
    return DictionaryColumn.of(out, dictionary, nulls == null ? null : nulls.gather(rows));
  }

  private static BytesColumn withoutNulls(BytesColumn column) {
    return BytesColumn.of(column.data(), column.offsets(), null);
  }

  static @Nullable Bits either(@Nullable Bits a, @Nullable Bits b) {
    return a == null ? b : b == null ? a : a.or(b);
  }
}
