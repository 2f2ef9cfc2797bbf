package dev.headwater.table;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DecimalColumn;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.FloatColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.StructColumn;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of batches as bytes that are equal where the rows are equal as Iceberg's equality
 * deletes mean it: null equals null, NaN equals NaN, -0.0 is not 0.0.
 */
final class RowKeys {
  private final List<Column> columns = new ArrayList<>();
  private byte[] bytes = new byte[64];
  private ByteBuffer key = ByteBuffer.wrap(bytes);

  /** The rows of this batch; fields of structs count as columns. */
  static RowKeys of(RowBatch batch) {
    RowKeys keys = new RowKeys();
    batch.columns().forEach(keys::add);
    return keys;
  }

  private void add(Column column) {
    if (column instanceof StructColumn struct) {
      struct.fields().forEach(this::add);
    } else {
      columns.add(column);
    }
  }

  /** Puts a row's key at the beginning of {@link #bytes}; its length. */
  int read(int row) {
    key.clear();
    for (Column column : columns) {
      Bits nulls = column.nulls();
      if (nulls != null && nulls.get(row)) {
        room(1).put((byte) 0);
      } else {
        room(17).put((byte) 1);
        put(column, row);
      }
    }
    return key.position();
  }

  /** Holds the key that was read last. */
  byte[] bytes() {
    return bytes;
  }

  private void put(Column column, int row) {
    if (column instanceof LongColumn c) {
      key.putLong(c.values()[row]);
    } else if (column instanceof IntColumn c) {
      key.putLong(c.values()[row]);
    } else if (column instanceof BytesColumn c) {
      put(c, row);
    } else if (column instanceof DictionaryColumn c) {
      put(c.dictionary(), c.codes()[row]);
    } else if (column instanceof DecimalColumn c) {
      long @Nullable [] high = c.high();
      key.putLong(high == null ? c.low()[row] >> 63 : high[row]).putLong(c.low()[row]);
    } else if (column instanceof BooleanColumn c) {
      key.put((byte) (c.values()[row] ? 1 : 0));
    } else if (column instanceof DoubleColumn c) {
      key.putLong(Double.doubleToLongBits(c.values()[row]));
    } else if (column instanceof FloatColumn c) {
      key.putLong(Double.doubleToLongBits(c.values()[row]));
    } else {
      throw new IllegalArgumentException("a " + column.getClass().getSimpleName() + " is no key");
    }
  }

  private void put(BytesColumn column, int row) {
    int length = column.length(row);
    room(length + 4).putInt(length).put(column.data(), column.offsets()[row], length);
  }

  private ByteBuffer room(int more) {
    if (key.remaining() < more) {
      int at = key.position();
      bytes = Arrays.copyOf(bytes, 2 * (at + more));
      key = ByteBuffer.wrap(bytes).position(at);
    }
    return key;
  }
}
