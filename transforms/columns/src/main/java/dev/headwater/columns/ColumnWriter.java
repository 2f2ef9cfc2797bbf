package dev.headwater.columns;

import java.util.List;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Writes columns as bytes, whole arrays at a time. */
final class ColumnWriter {
  static final int NULLS = 0x80;

  private ColumnWriter() {}

  static void write(BytesOut out, Column column, Type type) {
    ColumnKind kind = ColumnKind.of(column);
    if (!kind.holds(type)) {
      throw new IllegalArgumentException(
          "a " + column.getClass().getSimpleName() + " holds no values of type " + type);
    }
    Bits nulls = column.nulls();
    out.put(kind.code() | (nulls == null ? 0 : NULLS));
    if (nulls != null) {
      out.raw(nulls.words());
    }
    switch (kind) {
      case BOOLEANS -> out.raw(bits(((BooleanColumn) column).values()));
      case INTS -> Integers.write(out, ((IntColumn) column).values(), nulls);
      case LONGS -> Integers.write(out, ((LongColumn) column).values(), nulls);
      case FLOATS -> out.raw(((FloatColumn) column).values());
      case DOUBLES -> out.raw(((DoubleColumn) column).values());
      case DECIMALS -> decimals(out, (DecimalColumn) column, (Types.DecimalType) type, nulls);
      case BYTES -> bytes(out, (BytesColumn) column);
      case CODES -> codes(out, (DictionaryColumn) column, nulls);
      case LISTS -> {
        lengths(out, ((ListColumn) column).offsets());
        write(out, ((ListColumn) column).elements(), ((Types.ListType) type).elementType());
      }
      case MAPS -> {
        lengths(out, ((MapColumn) column).offsets());
        write(out, ((MapColumn) column).keys(), ((Types.MapType) type).keyType());
        write(out, ((MapColumn) column).values(), ((Types.MapType) type).valueType());
      }
      case STRUCTS -> {
        List<Column> fields = ((StructColumn) column).fields();
        List<Types.NestedField> types = ((Types.StructType) type).fields();
        if (fields.size() != types.size()) {
          throw new IllegalArgumentException(
              "a struct of " + fields.size() + " columns for the " + types.size() + " of " + type);
        }
        for (int i = 0; i < fields.size(); i++) {
          write(out, fields.get(i), types.get(i).type());
        }
      }
    }
  }

  private static long[] bits(boolean[] values) {
    long[] out = new long[Bits.words(values.length)];
    for (int i = 0; i < values.length; i++) {
      out[i >>> 6] |= (values[i] ? 1L : 0L) << i;
    }
    return out;
  }

  private static void decimals(
      BytesOut out, DecimalColumn column, Types.DecimalType type, @Nullable Bits nulls) {
    if (column.scale() != type.scale()) {
      throw new IllegalArgumentException("decimals of scale " + column.scale() + " as " + type);
    }
    long[] high = column.high();
    out.put(high == null ? 8 : 16);
    Integers.write(out, column.low(), nulls);
    if (high != null) {
      Integers.write(out, high, nulls);
    }
  }

  private static void bytes(BytesOut out, BytesColumn column) {
    lengths(out, column.offsets());
    out.raw(column.data(), column.offsets()[column.size()]);
  }

  private static void lengths(BytesOut out, int[] offsets) {
    int[] lengths = new int[offsets.length - 1];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = offsets[i + 1] - offsets[i];
    }
    Integers.write(out, lengths, null);
  }

  /** Only the entries that rows use, in the dictionary's order. */
  private static void codes(BytesOut out, DictionaryColumn column, @Nullable Bits nulls) {
    Bits used = UsedCodes.of(column);
    int entries = used.count();
    out.count(entries);
    if (entries == used.size()) {
      bytes(out, column.dictionary());
      Integers.write(out, column.codes(), nulls);
      return;
    }
    bytes(out, column.dictionary().gather(used.positions()));
    long[] words = used.words();
    int[] before = new int[words.length];
    for (int w = 1; w < words.length; w++) {
      before[w] = before[w - 1] + Long.bitCount(words[w - 1]);
    }
    int[] codes = new int[column.size()];
    for (int i = 0; i < codes.length; i++) {
      if (nulls == null || !nulls.get(i)) {
        int code = column.codes()[i];
        int w = code >>> 6;
        codes[i] = before[w] + Long.bitCount(words[w] & (1L << code) - 1);
      }
    }
    Integers.write(out, codes, nulls);
  }
}
