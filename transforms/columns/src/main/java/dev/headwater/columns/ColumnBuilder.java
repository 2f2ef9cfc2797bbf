package dev.headwater.columns;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Builds a column of one type value by value. Values are Boolean, Integer (int; date as days), Long
 * (long; time and timestamps as {@link Column} says), Float, Double, BigDecimal, String, ByteBuffer
 * (binary, fixed; a variant as its metadata and then its value), UUID, List, Map, and Object[] with
 * a value a field for a struct; Java's null is a null. Strings and bytes that repeat are
 * dictionary-coded when that is smaller.
 */
public abstract class ColumnBuilder {
  private int size;
  private long[] nulls = new long[1];
  private boolean anyNull;

  ColumnBuilder() {}

  /**
   * An empty builder for values of this type.
   *
   * @throws IllegalArgumentException if no column holds the type (geometry, geography)
   */
  public static ColumnBuilder of(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN -> new PrimitiveBuilders.Booleans(type);
      case INTEGER, DATE -> new PrimitiveBuilders.Ints(type);
      case LONG, TIME, TIMESTAMP, TIMESTAMP_NANO -> new PrimitiveBuilders.Longs(type);
      case FLOAT -> new PrimitiveBuilders.Floats(type);
      case DOUBLE -> new PrimitiveBuilders.Doubles(type);
      case DECIMAL -> new DecimalBuilder((Types.DecimalType) type);
      case STRING, BINARY, FIXED, UUID, VARIANT -> new BytesBuilder(type);
      case LIST -> new NestedBuilders.Lists((Types.ListType) type);
      case MAP -> new NestedBuilders.Maps((Types.MapType) type);
      case STRUCT -> new NestedBuilders.Structs((Types.StructType) type);
      case UNKNOWN -> new PrimitiveBuilders.Nothing();
      case GEOMETRY, GEOGRAPHY ->
          throw new IllegalArgumentException("columns hold no values of type " + type);
    };
  }

  /** How many values were appended. */
  public final int size() {
    return size;
  }

  /**
   * Appends a value, or a null.
   *
   * @throws IllegalArgumentException if the value is not of the type; the builder is then unusable
   */
  public final ColumnBuilder append(@Nullable Object value) {
    if (value == null) {
      return appendNull();
    }
    put(size, value);
    size++;
    return this;
  }

  public final ColumnBuilder appendNull() {
    int word = size >>> 6;
    if (word >= nulls.length) {
      nulls = Arrays.copyOf(nulls, 2 * word + 1);
    }
    nulls[word] |= 1L << size;
    anyNull = true;
    putNull(size);
    size++;
    return this;
  }

  /** Appends to a column of ints (dates too), without a box. */
  public final void appendInt(int value) {
    putInt(size, value);
    size++;
  }

  /** Appends to a column of longs (times and timestamps too), without a box. */
  public final void appendLong(long value) {
    putLong(size, value);
    size++;
  }

  public final void appendFloat(float value) {
    putFloat(size, value);
    size++;
  }

  public final void appendDouble(double value) {
    putDouble(size, value);
    size++;
  }

  public final void appendBoolean(boolean value) {
    putBoolean(size, value);
    size++;
  }

  /**
   * Appends to a column of decimals: a whole number of 128 bits, of the column's scale.
   *
   * @throws IllegalArgumentException if it has too many digits
   */
  public final void appendUnscaled(long high, long low) {
    putUnscaled(size, high, low);
    size++;
  }

  /**
   * Appends to a column of texts, bytes or UUIDs, without an object.
   *
   * @throws IllegalArgumentException if a text is no UTF-8, or a fixed number of bytes another one
   */
  public final void appendBytes(byte[] from, int start, int end) {
    putBytes(size, from, start, end);
    size++;
  }

  /** A nested column's part: a list's elements, a map's keys and values, a struct's fields. */
  public ColumnBuilder part(int i) {
    throw new IllegalArgumentException("a column that is not nested has no part " + i);
  }

  /** Ends a value of a nested column, all of which was appended to its parts. */
  public final void appendParts() {
    putNull(size);
    size++;
  }

  /** Whether the value of a row is a null. */
  public final boolean isNull(int row) {
    return wasNull(row);
  }

  /** Forgets the values of rows from this one on, and what was appended to parts since. */
  public final void cut(int rows) {
    cutValues(rows);
    int word = rows >>> 6;
    if (word < nulls.length) {
      nulls[word] &= (1L << rows) - 1;
      Arrays.fill(nulls, word + 1, nulls.length, 0);
    }
    size = rows;
  }

  /** At most how many bytes of memory the built column's values will take. */
  public abstract long bytes();

  /** The column. The builder is spent. */
  public final Column build() {
    return build(size, anyNull ? Bits.of(Arrays.copyOf(nulls, Bits.words(size)), size) : null);
  }

  abstract void put(int row, Object value);

  abstract void putNull(int row);

  void putInt(int row, int value) {
    put(row, value);
  }

  void putLong(int row, long value) {
    put(row, value);
  }

  void putFloat(int row, float value) {
    put(row, value);
  }

  void putDouble(int row, double value) {
    put(row, value);
  }

  void putBoolean(int row, boolean value) {
    put(row, value);
  }

  void putUnscaled(int row, long high, long low) {
    put(row, BigInteger.valueOf(low));
  }

  void putBytes(int row, byte[] from, int start, int end) {
    put(row, ByteBuffer.wrap(from, start, end - start));
  }

  /** Makes the values of rows from this one on as if they had never been. */
  abstract void cutValues(int rows);

  abstract Column build(int rows, @Nullable Bits nullRows);

  final boolean wasNull(int row) {
    return anyNull && (row >>> 6) < nulls.length && (nulls[row >>> 6] >>> row & 1) != 0;
  }

  static IllegalArgumentException wrong(Type type, Object value, String takes) {
    return new IllegalArgumentException(
        "a column of " + type + " takes " + takes + ", not " + value.getClass().getName());
  }

  /** A capacity for one value more than {@code capacity}. */
  static int grown(int capacity) {
    return Math.max(16, capacity + (capacity >> 1));
  }
}
