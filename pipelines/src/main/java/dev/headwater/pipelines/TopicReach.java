package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.kafka.IngestTopic;
import dev.headwater.kafka.OffsetRanges;
import dev.headwater.kafka.Offsets;
import dev.headwater.kafka.Progress;
import dev.headwater.kafka.Start;
import dev.headwater.kafka.Topic;
import dev.headwater.kafka.TopicOffsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far a topic goes, and how far a table is in it.
 *
 * @param id the topic's, which tells it from another one of its name
 * @param from for each partition the next offset that the table lacks
 * @param to for each partition the one after its newest record
 */
record TopicReach(String id, Offsets from, Offsets to) {
  /**
   * Asks the brokers.
   *
   * @param patience how long they may take
   * @param known what the table has of it; null for nothing
   * @param start where to begin then
   * @throws HeadwaterException UNREACHABLE if they don't answer, DATA if there is no such topic,
   *     REFUSED if it is not the one that the table has read
   */
  static TopicReach of(Topic topic, Duration patience, @Nullable Progress known, Start start) {
    try (TopicOffsets offsets = TopicOffsets.open(topic, patience)) {
      TopicOffsets.Description now = offsets.describe();
      if (known != null && !known.id().isEmpty() && !known.id().equals(now.id())) {
        throw new HeadwaterException(
            HeadwaterException.Kind.REFUSED,
            "Cannot go on with "
                + topic
                + ": it was deleted and made again since the table's last rows.",
            "give its source another name in the project file: the new topic is read from its"
                + " beginning then, beside what the table has of the old one.");
      }
      Offsets from = known == null ? begin(offsets, start) : offsets.beginning().with(known.next());
      return new TopicReach(now.id(), from, offsets.end());
    }
  }

  private static Offsets begin(TopicOffsets offsets, Start start) {
    if (start instanceof Start.End) {
      return offsets.end();
    }
    if (start instanceof Start.Time time) {
      return offsets.at(time.at());
    }
    Offsets beginning = offsets.beginning();
    return start instanceof Start.At given ? beginning.with(given.offsets()) : beginning;
  }

  /** No further than to these offsets. */
  TopicReach upTo(Offsets pinned) {
    Map<Integer, Long> least = new TreeMap<>();
    to.forEach(
        (partition, end) -> {
          Long most = pinned.of(partition);
          if (most != null) {
            least.put(partition, Math.min(end, most));
          }
        });
    return new TopicReach(id, from, Offsets.of(least));
  }

  /** What the table lacks. */
  OffsetRanges ahead() {
    List<OffsetRanges.Range> ranges = new ArrayList<>();
    to.forEach(
        (partition, end) -> {
          Long first = from.of(partition);
          if (first != null && first < end) {
            ranges.add(new OffsetRanges.Range(partition, first, end));
          }
        });
    return OffsetRanges.of(ranges);
  }

  IngestTopic.Ahead work() {
    return new IngestTopic.Ahead(id, ahead());
  }

  /** "12,000 new records in 3 partitions of clicks"; empty if there are none. */
  String news(String topic) {
    OffsetRanges ahead = ahead();
    int partitions = ahead.all().size();
    return ahead.isEmpty()
        ? ""
        : "%s new %s in %d %s of %s"
            .formatted(
                Stages.grouped(ahead.size()),
                ahead.size() == 1 ? "record" : "records",
                partitions,
                partitions == 1 ? "partition" : "partitions",
                topic);
  }
}
