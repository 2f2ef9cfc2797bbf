package dev.headwater.kafka;

import dev.headwater.columns.Bits;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.kafka.OffsetRanges.Range;
import dev.headwater.kafka.decode.RawRecords;
import dev.headwater.table.Written;
import dev.headwater.upsert.Keyed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which records of a topic one worker has taken, whatever became of their rows. */
final class TakenRecords {
  private final List<Range> ranges = new ArrayList<>();
  private final Map<Integer, Long> begun = new HashMap<>();
  private final Map<Integer, Instant> times = new HashMap<>();
  private String topicId = "";
  private long late;

  void add(RawBatch batch) {
    topicId = batch.topicId();
    ranges.add(new Range(batch.partition(), batch.from(), batch.next()));
    if (batch.first()) {
      begun.merge(batch.partition(), batch.from(), Math::max);
    }
    late += batch.late();
    if (batch.rows().size() > 0) {
      newest(batch.partition(), batch.rows());
    }
  }

  private void newest(int partition, RowBatch rows) {
    LongColumn column = (LongColumn) rows.column(RawRecords.TIMESTAMP);
    Bits nulls = column.nulls();
    long greatest = Long.MIN_VALUE;
    for (int row = 0; row < rows.size(); row++) {
      if (nulls == null || !nulls.get(row)) {
        greatest = Math.max(greatest, column.values()[row]);
      }
    }
    if (greatest != Long.MIN_VALUE) {
      Instant at = Instant.ofEpochMilli(Math.floorDiv(greatest, 1_000));
      times.merge(partition, at, (a, b) -> a.isAfter(b) ? a : b);
    }
  }

  OffsetRanges ranges() {
    return OffsetRanges.of(ranges);
  }

  /** With what became of them. */
  Ingested into(
      Written written, @Nullable Keyed keyed, List<RoutedPart> routed, Map<Long, Long> windows) {
    return new Ingested(
        topicId, written, keyed, routed, windows, ranges(), Offsets.of(begun), times, late);
  }
}
