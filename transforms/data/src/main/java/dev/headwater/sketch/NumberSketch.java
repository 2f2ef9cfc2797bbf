package dev.headwater.sketch;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DecimalColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.FloatColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Type.TypeID;
import org.jspecify.annotations.Nullable;

/** A column of numbers, times or booleans. */
final class NumberSketch extends ColumnSketch {
  private static final long NAN = Keys.ofDouble(Double.NaN);

  private final int room;
  private final boolean floats;
  private LongCounts seen;
  private long least = Long.MAX_VALUE;
  private long greatest = Long.MIN_VALUE;
  private long[] scratch = new long[0];

  NumberSketch(int field, Type type, Mode mode, int room) {
    super(field, type, mode, new LongCounts(), new Frequent(new LongCounts()));
    this.room = room;
    this.floats = type.typeId() == TypeID.FLOAT || type.typeId() == TypeID.DOUBLE;
    this.seen = (LongCounts) counts;
  }

  @Override
  NumberSketch empty() {
    return new NumberSketch(field(), type(), mode(), room);
  }

  @Override
  void add(Column column) {
    Bits isNull = column.nulls();
    int n = column.size();
    int nothing = isNull == null ? 0 : isNull.count();
    values += n - nothing;
    nulls += nothing;
    seen = (LongCounts) counts;
    long[] keys = keys(column);
    long last = 0;
    long run = 0;
    for (int i = 0; i < n; i++) {
      if (isNull != null && isNull.get(i)) {
        continue;
      }
      if (keys[i] == last) {
        run++;
      } else {
        count(last, run);
        last = keys[i];
        run = 1;
      }
    }
    count(last, run);
  }

  private void count(long key, long rows) {
    if (key == NAN && floats) {
      nans += rows;
    } else if (rows > 0) {
      seen.add(key, rows);
      if (seen.size() >= room) {
        spill();
      }
    }
  }

  private long[] keys(Column column) {
    if (column instanceof LongColumn c) {
      return c.values();
    }
    if (column instanceof DecimalColumn c) {
      return c.low();
    }
    int n = column.size();
    if (scratch.length < n) {
      scratch = new long[n];
    }
    long[] out = scratch;
    if (column instanceof IntColumn c) {
      int[] in = c.values();
      for (int i = 0; i < n; i++) {
        out[i] = in[i];
      }
    } else if (column instanceof BooleanColumn c) {
      for (int i = 0; i < n; i++) {
        out[i] = c.values()[i] ? 1 : 0;
      }
    } else if (column instanceof DoubleColumn || column instanceof FloatColumn) {
      for (int i = 0; i < n; i++) {
        out[i] =
            Keys.ofDouble(
                column instanceof DoubleColumn d
                    ? d.values()[i]
                    : ((FloatColumn) column).values()[i]);
      }
    } else {
      throw new IllegalArgumentException(column.getClass().getSimpleName() + " for " + type());
    }
    return out;
  }

  @Override
  void digest(@Nullable Distinct into) {
    LongCounts from = (LongCounts) counts;
    int n = from.size();
    long[] keys = new long[n];
    long[] weights = new long[n];
    int at = 0;
    for (int slot = 0; slot < from.slots(); slot++) {
      if (from.count(slot) > 0) {
        long key = from.key(slot);
        least = Math.min(least, key);
        greatest = Math.max(greatest, key);
        keys[at] = key;
        weights[at++] = from.count(slot);
      }
    }
    moments.addAll(Keys.numbers(type(), keys), weights, n);
    if (into != null) {
      Keys.update(into, type(), keys);
      quantiles.addAll(keys, weights, n);
    }
  }

  @Override
  void bounds(ColumnSketch other) {
    NumberSketch it = (NumberSketch) other;
    least = Math.min(least, it.least);
    greatest = Math.max(greatest, it.greatest);
  }

  @Override
  void writeBounds(DataOutput out) throws IOException {
    out.writeLong(least);
    out.writeLong(greatest);
  }

  @Override
  void readBounds(DataInput in) throws IOException {
    least = in.readLong();
    greatest = in.readLong();
  }

  @Override
  @Nullable Object least() {
    return least > greatest ? null : Keys.value(type(), least);
  }

  @Override
  @Nullable Object greatest() {
    return least > greatest ? null : Keys.value(type(), greatest);
  }
}
