package dev.headwater.columns;

import java.util.Arrays;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Builders of the columns that are one primitive array. */
final class PrimitiveBuilders {
  private PrimitiveBuilders() {}

  static final class Booleans extends ColumnBuilder {
    private final Type type;
    private boolean[] values = new boolean[16];

    Booleans(Type type) {
      this.type = type;
    }

    @Override
    void put(int row, Object value) {
      if (!(value instanceof Boolean b)) {
        throw wrong(type, value, "Boolean");
      }
      putBoolean(row, b);
    }

    @Override
    void putBoolean(int row, boolean value) {
      reserve(row);
      values[row] = value;
    }

    @Override
    void putNull(int row) {
      reserve(row);
    }

    @Override
    void cutValues(int rows) {
      Arrays.fill(values, Math.min(rows, values.length), values.length, false);
    }

    private void reserve(int row) {
      if (row == values.length) {
        values = Arrays.copyOf(values, grown(row));
      }
    }

    @Override
    public long bytes() {
      return size();
    }

    @Override
    Column build(int rows, @Nullable Bits nullRows) {
      return BooleanColumn.of(Arrays.copyOf(values, rows), nullRows);
    }
  }

  /** Of the unknown type: nulls. */
  static final class Nothing extends ColumnBuilder {
    @Override
    void put(int row, Object value) {
      throw wrong(Types.UnknownType.get(), value, "nulls");
    }

    @Override
    void cutValues(int rows) {}

    @Override
    void putNull(int row) {}

    @Override
    public long bytes() {
      return size();
    }

    @Override
    Column build(int rows, @Nullable Bits nullRows) {
      return BooleanColumn.of(new boolean[rows], nullRows);
    }
  }

  static final class Ints extends ColumnBuilder {
    private final Type type;
    private int[] values = new int[16];

    Ints(Type type) {
      this.type = type;
    }

    @Override
    void put(int row, Object value) {
      if (!(value instanceof Integer i)) {
        throw wrong(type, value, "Integer");
      }
      putInt(row, i);
    }

    @Override
    void putInt(int row, int value) {
      reserve(row);
      values[row] = value;
    }

    @Override
    void putNull(int row) {
      reserve(row);
    }

    @Override
    void cutValues(int rows) {
      Arrays.fill(values, Math.min(rows, values.length), values.length, 0);
    }

    private void reserve(int row) {
      if (row == values.length) {
        values = Arrays.copyOf(values, grown(row));
      }
    }

    @Override
    public long bytes() {
      return 4L * size();
    }

    @Override
    Column build(int rows, @Nullable Bits nullRows) {
      return IntColumn.of(Arrays.copyOf(values, rows), nullRows);
    }
  }

  static final class Longs extends ColumnBuilder {
    private final Type type;
    private long[] values = new long[16];

    Longs(Type type) {
      this.type = type;
    }

    @Override
    void put(int row, Object value) {
      if (!(value instanceof Long l)) {
        throw wrong(type, value, "Long");
      }
      putLong(row, l);
    }

    @Override
    void putLong(int row, long value) {
      reserve(row);
      values[row] = value;
    }

    @Override
    void putNull(int row) {
      reserve(row);
    }

    @Override
    void cutValues(int rows) {
      Arrays.fill(values, Math.min(rows, values.length), values.length, 0);
    }

    private void reserve(int row) {
      if (row == values.length) {
        values = Arrays.copyOf(values, grown(row));
      }
    }

    @Override
    public long bytes() {
      return 8L * size();
    }

    @Override
    Column build(int rows, @Nullable Bits nullRows) {
      return LongColumn.of(Arrays.copyOf(values, rows), nullRows);
    }
  }

  static final class Floats extends ColumnBuilder {
    private final Type type;
    private float[] values = new float[16];

    Floats(Type type) {
      this.type = type;
    }

    @Override
    void put(int row, Object value) {
      if (!(value instanceof Float f)) {
        throw wrong(type, value, "Float");
      }
      putFloat(row, f);
    }

    @Override
    void putFloat(int row, float value) {
      reserve(row);
      values[row] = value;
    }

    @Override
    void putNull(int row) {
      reserve(row);
    }

    @Override
    void cutValues(int rows) {
      Arrays.fill(values, Math.min(rows, values.length), values.length, 0);
    }

    private void reserve(int row) {
      if (row == values.length) {
        values = Arrays.copyOf(values, grown(row));
      }
    }

    @Override
    public long bytes() {
      return 4L * size();
    }

    @Override
    Column build(int rows, @Nullable Bits nullRows) {
      return FloatColumn.of(Arrays.copyOf(values, rows), nullRows);
    }
  }

  static final class Doubles extends ColumnBuilder {
    private final Type type;
    private double[] values = new double[16];

    Doubles(Type type) {
      this.type = type;
    }

    @Override
    void put(int row, Object value) {
      if (!(value instanceof Double d)) {
        throw wrong(type, value, "Double");
      }
      putDouble(row, d);
    }

    @Override
    void putDouble(int row, double value) {
      reserve(row);
      values[row] = value;
    }

    @Override
    void putNull(int row) {
      reserve(row);
    }

    @Override
    void cutValues(int rows) {
      Arrays.fill(values, Math.min(rows, values.length), values.length, 0);
    }

    private void reserve(int row) {
      if (row == values.length) {
        values = Arrays.copyOf(values, grown(row));
      }
    }

    @Override
    public long bytes() {
      return 8L * size();
    }

    @Override
    Column build(int rows, @Nullable Bits nullRows) {
      return DoubleColumn.of(Arrays.copyOf(values, rows), nullRows);
    }
  }
}
