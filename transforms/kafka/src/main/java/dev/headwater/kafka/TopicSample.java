package dev.headwater.kafka;

import dev.headwater.kafka.decode.RecordSample;
import java.util.ArrayList;
import java.util.List;

/** The newest records of a topic, as many of each partition. */
public final class TopicSample {
  private TopicSample() {}

  /**
   * Reads a sample; tombstones are left out.
   *
   * @param most about how many records
   */
  public static RecordSample of(Topic topic, int most) {
    RecordSample sample = new RecordSample();
    List<OffsetRanges.Range> ranges = new ArrayList<>();
    String id;
    try (TopicOffsets offsets = TopicOffsets.open(topic)) {
      id = offsets.describe().id();
      Offsets beginning = offsets.beginning();
      Offsets end = offsets.end();
      long each = Math.max(1, most / Math.max(1, end.all().size()));
      end.forEach(
          (partition, last) -> {
            Long first = beginning.of(partition);
            long from = Math.max(first == null ? 0 : first, last - each);
            ranges.add(new OffsetRanges.Range(partition, Math.min(from, last), last));
          });
    }
    for (OffsetRanges.Range range : ranges) {
      try (TopicRange records = new TopicRange(topic, id, range)) {
        for (RawBatch batch = records.next(); batch != null; batch = records.next()) {
          sample.add(batch.rows());
        }
      }
    }
    return sample;
  }
}
