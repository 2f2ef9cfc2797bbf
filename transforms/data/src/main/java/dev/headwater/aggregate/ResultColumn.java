package dev.headwater.aggregate;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DecimalColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.FloatColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import java.util.Arrays;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** One column of a view being filled row by row, at most a batch long. */
public final class ResultColumn {
  private final Type type;
  private long[] low = new long[RowBatch.MAX_ROWS];
  private long[] high = new long[0];
  private long[] nulls = new long[Bits.words(RowBatch.MAX_ROWS)];
  private boolean anyNull;

  public ResultColumn(Type type) {
    this.type = type;
    if (type instanceof Types.DecimalType) {
      high = new long[RowBatch.MAX_ROWS];
    }
  }

  public void set(int row, long value) {
    low[row] = value;
  }

  public void set(int row, long valueHigh, long valueLow) {
    if (high.length > 0) {
      high[row] = valueHigh;
    }
    low[row] = valueLow;
  }

  public void set(int row, double value) {
    low[row] = Double.doubleToRawLongBits(value);
  }

  public void setNull(int row) {
    low[row] = 0;
    nulls[row >>> 6] |= 1L << row;
    anyNull = true;
    if (high.length > 0) {
      high[row] = 0;
    }
  }

  /** The rows filled so far; it begins anew. */
  public Column build(int rows) {
    Bits bits = anyNull ? Bits.of(Arrays.copyOf(nulls, Bits.words(rows)), rows) : null;
    Arrays.fill(nulls, 0);
    anyNull = false;
    long[] values = Arrays.copyOf(low, rows);
    return switch (type.typeId()) {
      case DOUBLE ->
          DoubleColumn.of(
              Arrays.stream(values).mapToDouble(Double::longBitsToDouble).toArray(), bits);
      case FLOAT -> FloatColumn.of(floats(values), bits);
      case INTEGER, DATE ->
          IntColumn.of(Arrays.stream(values).mapToInt(Math::toIntExact).toArray(), bits);
      case BOOLEAN -> BooleanColumn.of(flags(values), bits);
      case DECIMAL -> decimals((Types.DecimalType) type, values, bits);
      default -> LongColumn.of(values, bits);
    };
  }

  private DecimalColumn decimals(Types.DecimalType decimal, long[] values, @Nullable Bits bits) {
    return DecimalColumn.of(
        decimal.scale(),
        values,
        decimal.precision() <= 18 ? null : Arrays.copyOf(high, values.length),
        bits);
  }

  private static float[] floats(long[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) Double.longBitsToDouble(values[i]);
    }
    return out;
  }

  private static boolean[] flags(long[] values) {
    boolean[] out = new boolean[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[i] != 0;
    }
    return out;
  }
}
