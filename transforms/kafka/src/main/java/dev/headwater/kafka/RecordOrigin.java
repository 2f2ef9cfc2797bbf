package dev.headwater.kafka;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.ListColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.StructColumn;
import dev.headwater.files.BadRow;
import dev.headwater.files.Decoded;
import dev.headwater.files.RawRow;
import dev.headwater.files.RowTexts;
import dev.headwater.kafka.decode.RawRecords;
import dev.headwater.table.Origin;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where decoded rows are from: their topic's records, found by their offsets. */
final class RecordOrigin implements Origin, RowTexts {
  private final String topic;
  private final RowBatch raw;
  private final long[] offsets;
  private final Decoded decoded;

  RecordOrigin(String topic, RowBatch raw, Decoded decoded) {
    this.topic = topic;
    this.raw = raw;
    this.offsets = ((LongColumn) raw.column(RawRecords.OFFSET)).values();
    this.decoded = decoded;
  }

  @Override
  public String source() {
    return topic;
  }

  @Override
  public long position(int row) {
    return decoded.position(row);
  }

  @Override
  public RawRow raw(int row) {
    return record(decoded.position(row));
  }

  @Override
  public String form() {
    return RawRow.RECORD;
  }

  @Override
  public List<String> fields() {
    return List.of();
  }

  @Override
  public RawRow of(int row) {
    return raw(row);
  }

  @Override
  public RawRow of(BadRow row) {
    return record(row.position());
  }

  private RawRow record(long offset) {
    int row = Arrays.binarySearch(offsets, offset);
    if (row < 0) {
      throw new IllegalStateException("a row of offset " + offset + ", which was not among them");
    }
    LongColumn times = (LongColumn) raw.column(RawRecords.TIMESTAMP);
    DictionaryColumn clocks = (DictionaryColumn) raw.column(RawRecords.TIMESTAMP_TYPE);
    return RawRow.record(
        bytes((BytesColumn) raw.column(RawRecords.VALUE), row),
        new RawRow.Envelope(
            ((IntColumn) raw.column(RawRecords.PARTITION)).values()[row],
            bytes((BytesColumn) raw.column(RawRecords.KEY), row),
            headers((ListColumn) raw.column(RawRecords.HEADERS), row),
            times.values()[row],
            clocks.isNull(row) ? null : clocks.dictionary().string(clocks.codes()[row])));
  }

  private static @Nullable ByteBuffer bytes(BytesColumn column, int row) {
    return column.isNull(row)
        ? null
        : ByteBuffer.wrap(column.data(), column.offsets()[row], column.length(row)).slice();
  }

  private static List<RawRow.Header> headers(ListColumn lists, int row) {
    StructColumn all = (StructColumn) lists.elements();
    List<RawRow.Header> headers = new ArrayList<>();
    for (int i = lists.offsets()[row]; i < lists.offsets()[row + 1]; i++) {
      headers.add(
          new RawRow.Header(
              ((BytesColumn) all.fields().get(0)).string(i),
              bytes((BytesColumn) all.fields().get(1), i)));
    }
    return headers;
  }
}
