package dev.headwater.sketch;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DecimalColumn;
import dev.headwater.columns.DictionaryColumn;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * A column of strings, bytes or wide decimals. A dictionary's entries are counted once for each
 * dictionary, with the rows that use them. Values of more than {@value #LONG} bytes count as
 * distinct ones, but not among the frequent ones; bounds are cut there.
 */
@SuppressWarnings("ReferenceEquality") // the same dictionary means the same object
final class BytesSketch extends ColumnSketch {
  static final int LONG = 128;
  private static final int ROOM_BYTES = 1 << 20;

  private final int room;
  private final boolean decimals;
  private byte @Nullable [] least;
  private byte @Nullable [] greatest;

  /** The dictionary whose codes are being counted, and how many rows have each. */
  private @Nullable BytesColumn dictionary;

  private int[] used = new int[0];

  BytesSketch(int field, Type type, Mode mode, int room) {
    super(field, type, mode, new BytesCounts(), new Frequent(new BytesCounts()));
    this.room = room;
    this.decimals = Keys.areNumbers(type);
  }

  @Override
  BytesSketch empty() {
    return new BytesSketch(field(), type(), mode(), room);
  }

  @Override
  void add(Column column) {
    Bits isNull = column.nulls();
    int n = column.size();
    int nothing = isNull == null ? 0 : isNull.count();
    values += n - nothing;
    nulls += nothing;
    if (column instanceof DictionaryColumn c) {
      codes(c, isNull);
    } else if (column instanceof BytesColumn c) {
      for (int i = 0; i < n; i++) {
        if (isNull == null || !isNull.get(i)) {
          count(c.data(), c.offsets()[i], c.offsets()[i + 1], 1);
        }
      }
    } else if (column instanceof DecimalColumn c) {
      decimals(c, isNull);
    } else {
      throw new IllegalArgumentException(column.getClass().getSimpleName() + " for " + type());
    }
  }

  private void codes(DictionaryColumn column, @Nullable Bits isNull) {
    if (column.dictionary() != dictionary) {
      countUsed();
      dictionary = column.dictionary();
      used = new int[column.dictionary().size()];
    }
    int[] codes = column.codes();
    for (int i = 0; i < codes.length; i++) {
      if (isNull == null || !isNull.get(i)) {
        used[codes[i]]++;
      }
    }
  }

  /** A dictionary ends: its entries are counted with their rows. */
  private void countUsed() {
    BytesColumn entries = dictionary;
    for (int code = 0; entries != null && code < used.length; code++) {
      if (used[code] > 0) {
        count(entries.data(), entries.offsets()[code], entries.offsets()[code + 1], used[code]);
      }
    }
    dictionary = null;
    used = new int[0];
  }

  private void decimals(DecimalColumn column, @Nullable Bits isNull) {
    byte[] key = Keys.newWide();
    long[] high = column.high();
    for (int i = 0; i < column.size(); i++) {
      if (isNull == null || !isNull.get(i)) {
        long low = column.low()[i];
        Keys.wide(high == null ? low >> 63 : high[i], low, key);
        count(key, 0, key.length, 1);
      }
    }
  }

  private void count(byte[] data, int from, int to, long rows) {
    if (to - from > LONG) {
      spill();
      Distinct into = distinct;
      if (into != null) {
        into.update(data, from, to);
      }
      bound(data, from, from + LONG);
      return;
    }
    BytesCounts seen = (BytesCounts) counts;
    seen.add(data, from, to, rows);
    if (seen.size() >= room || seen.bytes() >= ROOM_BYTES) {
      spill();
    }
  }

  @Override
  void seal() {
    countUsed();
    super.seal();
  }

  @Override
  void digest(@Nullable Distinct into) {
    BytesCounts from = (BytesCounts) counts;
    int low = 0;
    int high = 0;
    for (int slot = 1; slot < from.size(); slot++) {
      low = from.compare(slot, low) < 0 ? slot : low;
      high = from.compare(slot, high) > 0 ? slot : high;
    }
    bound(from.key(low));
    bound(from.key(high));
    if (into != null) {
      for (int slot = 0; slot < from.size(); slot++) {
        Keys.update(into, type(), from.key(slot));
      }
    }
    if (decimals) {
      numbers(from, into != null);
    }
  }

  private void numbers(BytesCounts from, boolean ranked) {
    int n = from.size();
    double[] numbers = new double[n];
    long[] weights = new long[n];
    long[] keys = new long[n];
    for (int slot = 0; slot < n; slot++) {
      numbers[slot] = Keys.number(type(), from.key(slot));
      keys[slot] = Keys.ofDouble(numbers[slot]);
      weights[slot] = from.count(slot);
    }
    moments.addAll(numbers, weights, n);
    if (ranked) {
      quantiles.addAll(keys, weights, n);
    }
  }

  private void bound(byte[] value) {
    bound(value, 0, value.length);
  }

  private void bound(byte[] data, int from, int to) {
    byte[] low = least;
    if (low == null || Arrays.compareUnsigned(data, from, to, low, 0, low.length) < 0) {
      least = Arrays.copyOfRange(data, from, to);
    }
    byte[] high = greatest;
    if (high == null || Arrays.compareUnsigned(data, from, to, high, 0, high.length) > 0) {
      greatest = Arrays.copyOfRange(data, from, to);
    }
  }

  @Override
  void bounds(ColumnSketch other) {
    BytesSketch it = (BytesSketch) other;
    if (it.least != null && it.greatest != null) {
      bound(it.least);
      bound(it.greatest);
    }
  }

  @Override
  void writeBounds(DataOutput out) throws IOException {
    byte[] low = least;
    byte[] high = greatest;
    out.writeBoolean(low != null);
    if (low != null && high != null) {
      Varints.write(out, low);
      Varints.write(out, high);
    }
  }

  @Override
  void readBounds(DataInput in) throws IOException {
    if (in.readBoolean()) {
      least = Varints.readBytes(in);
      greatest = Varints.readBytes(in);
    }
  }

  @Override
  @Nullable Object least() {
    return least == null ? null : Keys.value(type(), least);
  }

  @Override
  @Nullable Object greatest() {
    return greatest == null ? null : Keys.value(type(), greatest);
  }
}
