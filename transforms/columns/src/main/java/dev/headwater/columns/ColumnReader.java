package dev.headwater.columns;

import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Reads columns from bytes, whole arrays at a time; what cannot be so is refused. */
final class ColumnReader {
  private ColumnReader() {}

  static Column read(BytesIn in, Type type, int rows) {
    int code = in.one();
    ColumnKind kind = ColumnKind.of(in, code & ~ColumnWriter.NULLS);
    if (!kind.holds(type)) {
      throw in.wrong("a column of kind " + kind + " for type " + type);
    }
    Bits nulls =
        (code & ColumnWriter.NULLS) == 0 ? null : Bits.of(in.longs(Bits.words(rows)), rows);
    return switch (kind) {
      case BOOLEANS -> BooleanColumn.of(booleans(in, rows), nulls);
      case INTS -> IntColumn.of(Integers.readInts(in, rows, nulls), nulls);
      case LONGS -> LongColumn.of(Integers.readLongs(in, rows, nulls), nulls);
      case FLOATS -> FloatColumn.of(in.floats(rows), nulls);
      case DOUBLES -> DoubleColumn.of(in.doubles(rows), nulls);
      case DECIMALS -> decimals(in, (Types.DecimalType) type, rows, nulls);
      case BYTES -> bytes(in, rows, nulls);
      case CODES -> codes(in, rows, nulls);
      case LISTS -> {
        int[] offsets = offsets(in, rows);
        yield ListColumn.of(
            offsets, read(in, ((Types.ListType) type).elementType(), offsets[rows]), nulls);
      }
      case MAPS -> {
        int[] offsets = offsets(in, rows);
        Column keys = read(in, ((Types.MapType) type).keyType(), offsets[rows]);
        if (keys.nulls() != null) {
          throw in.wrong("a map with a null key");
        }
        Column values = read(in, ((Types.MapType) type).valueType(), offsets[rows]);
        yield MapColumn.of(offsets, keys, values, nulls);
      }
      case STRUCTS -> {
        List<Column> fields = new ArrayList<>();
        for (Types.NestedField field : ((Types.StructType) type).fields()) {
          fields.add(read(in, field.type(), rows));
        }
        yield StructColumn.of(rows, fields, nulls);
      }
    };
  }

  private static boolean[] booleans(BytesIn in, int rows) {
    long[] words = in.longs(Bits.words(rows));
    boolean[] out = new boolean[rows];
    for (int i = 0; i < rows; i++) {
      out[i] = (words[i >>> 6] >>> i & 1) != 0;
    }
    return out;
  }

  private static DecimalColumn decimals(
      BytesIn in, Types.DecimalType type, int rows, @Nullable Bits nulls) {
    int width = in.one();
    if (width != 8 && width != 16) {
      throw in.wrong("decimals of " + width + " bytes");
    }
    long[] low = Integers.readLongs(in, rows, nulls);
    long[] high = width == 8 ? null : Integers.readLongs(in, rows, nulls);
    return DecimalColumn.of(type.scale(), low, high, nulls);
  }

  private static BytesColumn bytes(BytesIn in, int rows, @Nullable Bits nulls) {
    int[] offsets = offsets(in, rows);
    return BytesColumn.of(in.raw(offsets[rows]), offsets, nulls);
  }

  private static int[] offsets(BytesIn in, int rows) {
    int[] lengths = Integers.readInts(in, rows, null);
    int[] offsets = new int[rows + 1];
    long end = 0;
    for (int i = 0; i < rows; i++) {
      end += lengths[i];
      if (lengths[i] < 0 || end > Integer.MAX_VALUE - 8) {
        throw in.wrong("row " + i + " has the length " + lengths[i] + " and ends at " + end);
      }
      offsets[i + 1] = (int) end;
    }
    return offsets;
  }

  private static DictionaryColumn codes(BytesIn in, int rows, @Nullable Bits nulls) {
    int entries = in.count();
    BytesColumn dictionary = bytes(in, entries, null);
    int[] codes = Integers.readInts(in, rows, nulls);
    for (int i = 0; i < rows; i++) {
      if ((codes[i] < 0 || codes[i] >= entries) && (nulls == null || !nulls.get(i))) {
        throw in.wrong("row " + i + " has code " + codes[i] + " of " + entries + " entries");
      }
    }
    return DictionaryColumn.of(codes, dictionary, nulls);
  }
}
