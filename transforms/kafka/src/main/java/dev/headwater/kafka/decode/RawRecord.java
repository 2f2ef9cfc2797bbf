package dev.headwater.kafka.decode;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.files.BadRow;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One of a batch's raw records at a time. */
final class RawRecord {
  private final BytesColumn keys;
  private final BytesColumn values;
  private final long[] offsets;
  private int row;

  RawRecord(RowBatch raw) {
    this.keys = (BytesColumn) raw.column(RawRecords.KEY);
    this.values = (BytesColumn) raw.column(RawRecords.VALUE);
    this.offsets = ((LongColumn) raw.column(RawRecords.OFFSET)).values();
  }

  RawRecord at(int next) {
    row = next;
    return this;
  }

  long offset() {
    return offsets[row];
  }

  boolean isTombstone() {
    return values.isNull(row);
  }

  boolean hasKey() {
    return !keys.isNull(row);
  }

  BytesColumn keys() {
    return keys;
  }

  byte[] keyData() {
    return keys.data();
  }

  int keyFrom() {
    return keys.offsets()[row];
  }

  int keyTo() {
    return keys.offsets()[row + 1];
  }

  byte[] data() {
    return values.data();
  }

  int from() {
    return values.offsets()[row];
  }

  int to() {
    return values.offsets()[row + 1];
  }

  BadRow bad(String code, String reason, @Nullable String column) {
    byte[] bytes =
        isTombstone()
            ? new byte[0]
            : Arrays.copyOfRange(data(), from(), Math.min(to(), from() + BadRow.RAW));
    long length = isTombstone() ? 0 : to() - from();
    return new BadRow(offset(), code, reason, column, null, bytes, length);
  }
}
