package dev.headwater.columns;

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

  /** At most how many bytes of memory the built column's values will take. */
  public abstract long bytes();

  /** The column. The builder is spent. */
  public final Column build() {
    return build(size, anyNull ? Bits.of(Arrays.copyOf(nulls, Bits.words(size)), size) : null);
  }

  abstract void put(int row, Object value);

  abstract void putNull(int row);

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
