package dev.headwater.sort;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.BytesInterner;
import dev.headwater.columns.Column;
import dev.headwater.columns.DecimalColumn;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.LongInterner;
import dev.headwater.columns.RowBatch;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Keys of one or more columns as bytes: equal keys have equal bytes, and the bytes' order
 * (unsigned) is the keys'. An int and a long of one value are the same key, and so are a date's and
 * an int's number; a key with a null in any part is null. No columns: every row has the one empty
 * key.
 */
public final class KeyCodec implements Serializable {
  private static final long serialVersionUID = 1;

  private final List<Type> types;

  /**
   * @param types the key columns' types
   * @throws IllegalArgumentException for floating point and nested types, which are no keys
   */
  public KeyCodec(List<? extends Type> types) {
    this.types = List.copyOf(types);
    for (Type type : types) {
      switch (type.typeId()) {
        case BOOLEAN, INTEGER, LONG, DATE, TIME, TIMESTAMP, TIMESTAMP_NANO -> {}
        case STRING, BINARY, FIXED, UUID, DECIMAL -> {}
        default ->
            throw new IllegalArgumentException(
                "a "
                    + type
                    + " is no key: keys are integers, decimals, dates, times, text or bytes");
      }
    }
  }

  /** Whether values of these types can be the same key: the types are, or both are integers. */
  public static boolean comparable(Type a, Type b) {
    return a.equals(b) || (integer(a) && integer(b));
  }

  private static boolean integer(Type type) {
    return type.typeId() == Type.TypeID.INTEGER || type.typeId() == Type.TypeID.LONG;
  }

  /** The keys of these columns of a batch, in the order of the types. */
  public DictionaryColumn encode(RowBatch batch, int[] columns) {
    if (columns.length == 0) {
      return DictionaryColumn.of(
          new int[batch.size()], BytesColumn.of(new byte[0], new int[2], null), null);
    }
    DictionaryColumn keys = part(batch.column(columns[0]), columns.length == 1);
    for (int i = 1; i < columns.length; i++) {
      keys = pair(keys, part(batch.column(columns[i]), i == columns.length - 1));
    }
    return keys;
  }

  /** The key columns of these keys; none of them may be null. */
  public List<Column> decode(DictionaryColumn keys) {
    BytesColumn distinct = keys.dictionary();
    List<Column> out = new ArrayList<>(types.size());
    int[] at = Arrays.copyOf(distinct.offsets(), distinct.size());
    for (int i = 0; i < types.size(); i++) {
      boolean last = i == types.size() - 1;
      out.add(
          switch (types.get(i).typeId()) {
            case STRING, BINARY, FIXED, UUID -> bytes(keys, at, last);
            case DECIMAL -> decimal(keys, at, (Types.DecimalType) types.get(i));
            default -> number(keys, at, types.get(i).typeId());
          });
    }
    return out;
  }

  private static Column bytes(DictionaryColumn keys, int[] at, boolean last) {
    BytesColumn distinct = keys.dictionary();
    if (last
        && distinct.size() > 0
        && Arrays.equals(at, 0, at.length, distinct.offsets(), 0, at.length)) {
      return keys;
    }
    BytesInterner values = new BytesInterner();
    int[] ids = new int[at.length];
    byte[] data = distinct.data();
    for (int i = 0; i < at.length; i++) {
      int end = distinct.offsets()[i + 1];
      if (last) {
        ids[i] = values.intern(data, at[i], end);
        at[i] = end;
        continue;
      }
      byte[] value = new byte[end - at[i]];
      int n = 0;
      int from = at[i];
      while (data[from] != 0 || data[from + 1] != 0) {
        value[n++] = data[from];
        from += data[from] == 0 ? 2 : 1;
      }
      at[i] = from + 2;
      ids[i] = values.intern(value, 0, n);
    }
    return DictionaryColumn.of(map(keys.codes(), ids), values.values(), null);
  }

  private static Column decimal(DictionaryColumn keys, int[] at, Types.DecimalType type) {
    ByteBuffer data = ByteBuffer.wrap(keys.dictionary().data());
    int[] codes = keys.codes();
    long[] low = new long[codes.length];
    long[] high = new long[codes.length];
    for (int row = 0; row < codes.length; row++) {
      high[row] = data.getLong(at[codes[row]]) ^ Long.MIN_VALUE;
      low[row] = data.getLong(at[codes[row]] + 8);
    }
    advance(at, 16);
    return DecimalColumn.of(type.scale(), low, type.precision() <= 18 ? null : high, null);
  }

  private static Column number(DictionaryColumn keys, int[] at, Type.TypeID type) {
    ByteBuffer data = ByteBuffer.wrap(keys.dictionary().data());
    int[] codes = keys.codes();
    long[] values = new long[codes.length];
    for (int row = 0; row < codes.length; row++) {
      values[row] = data.getLong(at[codes[row]]) ^ Long.MIN_VALUE;
    }
    advance(at, 8);
    if (type == Type.TypeID.BOOLEAN) {
      boolean[] flags = new boolean[codes.length];
      for (int row = 0; row < codes.length; row++) {
        flags[row] = values[row] != 0;
      }
      return BooleanColumn.of(flags);
    }
    if (type == Type.TypeID.INTEGER || type == Type.TypeID.DATE) {
      return IntColumn.of(Arrays.stream(values).mapToInt(Math::toIntExact).toArray());
    }
    return LongColumn.of(values);
  }

  private static DictionaryColumn part(Column column, boolean last) {
    if (column instanceof DictionaryColumn c) {
      return last ? c : DictionaryColumn.of(c.codes(), escaped(c.dictionary()), c.nulls());
    }
    Bits nulls = column.nulls();
    int[] codes = new int[column.size()];
    if (column instanceof BytesColumn c) {
      BytesInterner values = new BytesInterner();
      for (int row = 0; row < codes.length; row++) {
        if (nulls == null || !nulls.get(row)) {
          codes[row] = values.intern(c.data(), c.offsets()[row], c.offsets()[row + 1]);
        }
      }
      return DictionaryColumn.of(
          codes, filled(last ? values.values() : escaped(values.values())), nulls);
    }
    if (column instanceof DecimalColumn c) {
      BytesInterner values = new BytesInterner();
      byte[] bytes = new byte[16];
      long @Nullable [] highs = c.high();
      for (int row = 0; row < codes.length; row++) {
        long high = highs == null ? c.low()[row] >> 63 : highs[row];
        ByteBuffer.wrap(bytes).putLong(high ^ Long.MIN_VALUE).putLong(c.low()[row]);
        codes[row] = values.intern(bytes, 0, 16);
      }
      return DictionaryColumn.of(codes, values.values(), nulls);
    }
    LongInterner values = new LongInterner();
    for (int row = 0; row < codes.length; row++) {
      codes[row] = values.intern(number(column, row));
    }
    byte[] data = new byte[8 * values.size()];
    int[] offsets = new int[values.size() + 1];
    for (int i = 0; i < values.size(); i++) {
      ByteBuffer.wrap(data).putLong(8 * i, values.value(i) ^ Long.MIN_VALUE);
      offsets[i + 1] = 8 * (i + 1);
    }
    return DictionaryColumn.of(codes, BytesColumn.of(data, offsets, null), nulls);
  }

  private static long number(Column column, int row) {
    if (column instanceof LongColumn c) {
      return c.values()[row];
    }
    if (column instanceof IntColumn c) {
      return c.values()[row];
    }
    if (column instanceof BooleanColumn c) {
      return c.values()[row] ? 1 : 0;
    }
    throw new IllegalArgumentException("a " + column.getClass().getSimpleName() + " is no key");
  }

  /**
   * Zero bytes doubled with an FF, and two zeros at the end: a prefix sorts before what it begins.
   */
  private static BytesColumn escaped(BytesColumn values) {
    byte[] in = values.data();
    int[] offsets = new int[values.size() + 1];
    byte[] out = new byte[2 * in.length + 2 * values.size()];
    int n = 0;
    for (int i = 0; i < values.size(); i++) {
      for (int b = values.offsets()[i]; b < values.offsets()[i + 1]; b++) {
        out[n++] = in[b];
        if (in[b] == 0) {
          out[n++] = (byte) 0xFF;
        }
      }
      n += 2;
      offsets[i + 1] = n;
    }
    return BytesColumn.of(Arrays.copyOf(out, n), offsets, null);
  }

  private static DictionaryColumn pair(DictionaryColumn a, DictionaryColumn b) {
    Bits nulls = a.nulls();
    Bits others = b.nulls();
    if (nulls == null) {
      nulls = others;
    } else if (others != null) {
      nulls = nulls.or(others);
    }
    LongInterner pairs = new LongInterner();
    int[] codes = new int[a.size()];
    for (int row = 0; row < codes.length; row++) {
      if (nulls == null || !nulls.get(row)) {
        codes[row] = pairs.intern((long) a.codes()[row] << 32 | b.codes()[row]);
      }
    }
    BytesColumn left = a.dictionary();
    BytesColumn right = b.dictionary();
    int[] offsets = new int[pairs.size() + 1];
    for (int i = 0; i < pairs.size(); i++) {
      int length = left.length((int) (pairs.value(i) >>> 32)) + right.length((int) pairs.value(i));
      offsets[i + 1] = Math.addExact(offsets[i], length);
    }
    byte[] data = new byte[offsets[pairs.size()]];
    for (int i = 0; i < pairs.size(); i++) {
      int l = (int) (pairs.value(i) >>> 32);
      int r = (int) pairs.value(i);
      System.arraycopy(left.data(), left.offsets()[l], data, offsets[i], left.length(l));
      System.arraycopy(
          right.data(), right.offsets()[r], data, offsets[i] + left.length(l), right.length(r));
    }
    return DictionaryColumn.of(codes, filled(BytesColumn.of(data, offsets, null)), nulls);
  }

  /** A dictionary with at least the entry that null rows' code 0 points to. */
  private static BytesColumn filled(BytesColumn dictionary) {
    return dictionary.size() > 0 ? dictionary : BytesColumn.of(new byte[0], new int[2], null);
  }

  private static void advance(int[] at, int bytes) {
    for (int i = 0; i < at.length; i++) {
      at[i] += bytes;
    }
  }

  private static int[] map(int[] codes, int[] ids) {
    int[] out = new int[codes.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = ids[codes[i]];
    }
    return out;
  }
}
