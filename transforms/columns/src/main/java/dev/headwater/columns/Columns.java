package dev.headwater.columns;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Several columns of one type as one. */
public final class Columns {
  private Columns() {}

  /**
   * The rows of all columns, in order. Strings and bytes stay dictionary-coded if all parts are:
   * under the one dictionary that they share, or under a merged one where that is smaller.
   *
   * @throws IllegalArgumentException if there is no column, or they are not of one type
   */
  public static Column concat(List<? extends Column> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("no column to concatenate, so no type");
    }
    Column first = parts.get(0);
    if (parts.size() == 1) {
      return first;
    }
    int size = 0;
    boolean bytes = true;
    for (Column part : parts) {
      size = Math.addExact(size, part.size());
      bytes &= part instanceof BytesColumn || part instanceof DictionaryColumn;
      if (!bytes && part.getClass() != first.getClass()) {
        throw new IllegalArgumentException(
            "columns of different types: "
                + first.getClass().getSimpleName()
                + " and "
                + part.getClass().getSimpleName());
      }
    }
    return bytes ? ConcatBytes.concat(parts, size, nulls(parts, size)) : concat(parts, size);
  }

  /**
   * The same values of a scalar column, other rows null. A slot that was null holds zero, or no
   * bytes.
   */
  public static Column withNulls(Column column, @Nullable Bits nulls) {
    if (column instanceof DictionaryColumn c) {
      return c.nulls() == null
          ? DictionaryColumn.of(c.codes(), c.dictionary(), nulls)
          : withNulls(c.decode(), nulls);
    } else if (column instanceof BytesColumn c) {
      return BytesColumn.of(c.data(), c.offsets(), nulls);
    } else if (column instanceof BooleanColumn c) {
      return BooleanColumn.of(c.values(), nulls);
    } else if (column instanceof IntColumn c) {
      return IntColumn.of(c.values(), nulls);
    } else if (column instanceof LongColumn c) {
      return LongColumn.of(c.values(), nulls);
    } else if (column instanceof FloatColumn c) {
      return FloatColumn.of(c.values(), nulls);
    } else if (column instanceof DoubleColumn c) {
      return DoubleColumn.of(c.values(), nulls);
    } else if (column instanceof DecimalColumn c) {
      return DecimalColumn.of(c.scale(), c.low(), c.high(), nulls);
    }
    throw new IllegalArgumentException(column.getClass().getSimpleName() + " is no scalar column");
  }

  private static Column concat(List<? extends Column> parts, int size) {
    Bits nulls = nulls(parts, size);
    Column first = parts.get(0);
    if (first instanceof BooleanColumn) {
      boolean[] out = new boolean[size];
      copy(parts, out, c -> ((BooleanColumn) c).values());
      return BooleanColumn.of(out, nulls);
    } else if (first instanceof IntColumn) {
      int[] out = new int[size];
      copy(parts, out, c -> ((IntColumn) c).values());
      return IntColumn.of(out, nulls);
    } else if (first instanceof LongColumn) {
      long[] out = new long[size];
      copy(parts, out, c -> ((LongColumn) c).values());
      return LongColumn.of(out, nulls);
    } else if (first instanceof FloatColumn) {
      float[] out = new float[size];
      copy(parts, out, c -> ((FloatColumn) c).values());
      return FloatColumn.of(out, nulls);
    } else if (first instanceof DoubleColumn) {
      double[] out = new double[size];
      copy(parts, out, c -> ((DoubleColumn) c).values());
      return DoubleColumn.of(out, nulls);
    } else if (first instanceof DecimalColumn decimals) {
      return decimals(parts, decimals, size, nulls);
    } else if (first instanceof ListColumn) {
      return ListColumn.of(
          offsets(parts, c -> ((ListColumn) c).offsets(), size),
          concat(parts.stream().map(c -> ((ListColumn) c).elements()).toList()),
          nulls);
    } else if (first instanceof MapColumn) {
      return MapColumn.of(
          offsets(parts, c -> ((MapColumn) c).offsets(), size),
          concat(parts.stream().map(c -> ((MapColumn) c).keys()).toList()),
          concat(parts.stream().map(c -> ((MapColumn) c).values()).toList()),
          nulls);
    } else if (first instanceof StructColumn struct) {
      return struct(parts, struct.fields().size(), size, nulls);
    }
    throw new IllegalArgumentException("no rule for " + first.getClass().getSimpleName());
  }

  private static DecimalColumn decimals(
      List<? extends Column> parts, DecimalColumn first, int size, @Nullable Bits nulls) {
    for (Column part : parts) {
      DecimalColumn other = (DecimalColumn) part;
      if (other.scale() != first.scale() || (other.high() == null) != (first.high() == null)) {
        throw new IllegalArgumentException("decimal columns of different scales or widths");
      }
    }
    long[] low = new long[size];
    copy(parts, low, c -> ((DecimalColumn) c).low());
    if (first.high() == null) {
      return DecimalColumn.of(first.scale(), low, null, nulls);
    }
    long[] high = new long[size];
    int at = 0;
    for (Column part : parts) {
      long[] from = ((DecimalColumn) part).high();
      if (from != null) {
        System.arraycopy(from, 0, high, at, part.size());
      }
      at += part.size();
    }
    return DecimalColumn.of(first.scale(), low, high, nulls);
  }

  private static StructColumn struct(
      List<? extends Column> parts, int fields, int size, @Nullable Bits nulls) {
    List<Column> out = new ArrayList<>(fields);
    for (Column part : parts) {
      if (((StructColumn) part).fields().size() != fields) {
        throw new IllegalArgumentException("structs of different numbers of fields");
      }
    }
    for (int i = 0; i < fields; i++) {
      int at = i;
      out.add(concat(parts.stream().map(c -> ((StructColumn) c).fields().get(at)).toList()));
    }
    return StructColumn.of(size, out, nulls);
  }

  /** {@code out} and what {@code array} gives are arrays of one primitive type. */
  @SuppressWarnings("SuspiciousSystemArraycopy") // the casts of the callers make sure
  private static void copy(
      List<? extends Column> parts, Object out, Function<Column, Object> array) {
    int at = 0;
    for (Column part : parts) {
      System.arraycopy(array.apply(part), 0, out, at, part.size());
      at += part.size();
    }
  }

  private static int[] offsets(
      List<? extends Column> parts, Function<Column, int[]> offsets, int size) {
    int[] out = new int[size + 1];
    int row = 0;
    for (Column part : parts) {
      int[] from = offsets.apply(part);
      int base = out[row];
      for (int i = 1; i < from.length; i++) {
        out[row + i] = Math.addExact(base, from[i]);
      }
      row += part.size();
    }
    return out;
  }

  static @Nullable Bits nulls(List<? extends Column> parts, int size) {
    if (parts.stream().allMatch(part -> part.nulls() == null)) {
      return null;
    }
    long[] out = new long[Bits.words(size)];
    int at = 0;
    for (Column part : parts) {
      Bits nulls = part.nulls();
      if (nulls != null) {
        put(nulls.words(), out, at);
      }
      at += part.size();
    }
    return Bits.of(out, size);
  }

  private static void put(long[] from, long[] to, int at) {
    int shift = at & 63;
    for (int i = 0; i < from.length; i++) {
      to[(at >>> 6) + i] |= from[i] << shift;
      if (shift != 0 && from[i] >>> (64 - shift) != 0) {
        to[(at >>> 6) + i + 1] |= from[i] >>> (64 - shift);
      }
    }
  }
}
