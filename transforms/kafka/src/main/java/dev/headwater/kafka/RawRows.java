package dev.headwater.kafka;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.ListColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.StructColumn;
import dev.headwater.kafka.decode.RawRecords;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Records of a partition as columns: their bytes are copied once, out of what was fetched. */
final class RawRows {
  private static final BytesColumn CLOCKS = BytesColumn.ofStrings("CreateTime", "LogAppendTime");

  private RawRows() {}

  static RowBatch none() {
    return of(List.of());
  }

  static RowBatch of(List<ConsumerRecord<ByteBuffer, ByteBuffer>> records) {
    int size = records.size();
    int[] partitions = new int[size];
    long[] offsets = new long[size];
    long[] times = new long[size];
    int[] clocks = new int[size];
    long[] timeless = new long[Bits.words(size)];
    for (int row = 0; row < size; row++) {
      ConsumerRecord<ByteBuffer, ByteBuffer> record = records.get(row);
      partitions[row] = record.partition();
      offsets[row] = record.offset();
      if (timed(record)) {
        times[row] = record.timestamp() * 1_000;
        clocks[row] = record.timestampType() == TimestampType.LOG_APPEND_TIME ? 1 : 0;
      } else {
        timeless[row >>> 6] |= 1L << row;
      }
    }
    Bits noTime = Bits.of(timeless, size);
    return RowBatch.of(
        RawRecords.SCHEMA,
        size,
        IntColumn.of(partitions),
        LongColumn.of(offsets),
        LongColumn.of(times, Column.nulls(noTime)),
        DictionaryColumn.of(clocks, CLOCKS, Column.nulls(noTime)),
        bytes(records, ConsumerRecord::key),
        bytes(records, ConsumerRecord::value),
        headers(records));
  }

  /** Whether somebody has said when it was. */
  static boolean timed(ConsumerRecord<?, ?> record) {
    return record.timestampType() != TimestampType.NO_TIMESTAMP_TYPE && record.timestamp() >= 0;
  }

  private static <T> BytesColumn bytes(
      List<T> values, Function<? super T, @Nullable ByteBuffer> part) {
    int size = values.size();
    int[] offsets = new int[size + 1];
    long[] nulls = new long[Bits.words(size)];
    for (int row = 0; row < size; row++) {
      ByteBuffer value = part.apply(values.get(row));
      offsets[row + 1] = Math.addExact(offsets[row], value == null ? 0 : value.remaining());
      if (value == null) {
        nulls[row >>> 6] |= 1L << row;
      }
    }
    byte[] data = new byte[offsets[size]];
    for (int row = 0; row < size; row++) {
      ByteBuffer value = part.apply(values.get(row));
      if (value != null) {
        value.get(value.position(), data, offsets[row], value.remaining());
      }
    }
    return BytesColumn.of(data, offsets, Bits.of(nulls, size));
  }

  private static ListColumn headers(List<ConsumerRecord<ByteBuffer, ByteBuffer>> records) {
    int[] offsets = new int[records.size() + 1];
    long[] nulls = new long[Bits.words(records.size())];
    List<Header> all = new ArrayList<>();
    for (int row = 0; row < records.size(); row++) {
      records.get(row).headers().forEach(all::add);
      offsets[row + 1] = all.size();
      if (offsets[row + 1] == offsets[row]) {
        nulls[row >>> 6] |= 1L << row;
      }
    }
    String[] names = all.stream().map(Header::key).toArray(String[]::new);
    return ListColumn.of(
        offsets,
        StructColumn.of(
            all.size(),
            Arrays.asList(BytesColumn.ofStrings(names), bytes(all, RawRows::value)),
            null),
        Bits.of(nulls, records.size()));
  }

  private static @Nullable ByteBuffer value(Header header) {
    byte[] value = header.value();
    return value == null ? null : ByteBuffer.wrap(value);
  }
}
