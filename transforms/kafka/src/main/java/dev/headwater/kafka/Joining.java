package dev.headwater.kafka;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableRef;
import dev.headwater.kafka.OffsetRanges.Range;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The law of offsets: what comes to a table joins what is there without a gap and without an
 * overlap. What is there already as a whole is left out, so that a job that was taken back to an
 * older savepoint mends itself.
 *
 * @param parts those that are not there
 * @param progress with them
 */
record Joining(List<Ingested> parts, Progress progress) {
  /**
   * What parts are to a table.
   *
   * @param base what the table has; null for nothing
   * @throws HeadwaterException REFUSED for an overlap or another topic
   * @throws Gap if something is missing before
   */
  static Joining of(
      TableRef table, Topic topic, @Nullable Progress base, Iterable<Ingested> parts) {
    List<Ingested> fresh = new ArrayList<>();
    List<Range> ranges = new ArrayList<>();
    Set<Range> begun = new HashSet<>();
    Map<Integer, Instant> times = new HashMap<>(base == null ? Map.of() : base.times());
    Offsets there = base == null ? Offsets.NONE : base.next();
    String id = base == null ? "" : base.id();
    for (Ingested part : parts) {
      id = same(topic, id, part.topicId());
      if (part.ranges().all().stream().allMatch(range -> isIn(range, there))) {
        continue;
      }
      fresh.add(part);
      ranges.addAll(part.ranges().all());
      part.begun().forEach((partition, offset) -> begun.add(new Range(partition, offset, offset)));
      part.times().forEach((p, at) -> times.merge(p, at, (a, b) -> a.isAfter(b) ? a : b));
    }
    OffsetRanges all;
    try {
      all = OffsetRanges.of(ranges);
    } catch (IllegalArgumentException e) {
      throw overlap(table, topic, e.getMessage(), e);
    }
    Map<Integer, Long> next = new HashMap<>();
    for (Range range : all.all()) {
      Long at = next.getOrDefault(range.partition(), there.of(range.partition()));
      boolean first = begun.contains(new Range(range.partition(), range.from(), range.from()));
      if (at == null ? !first : range.from() > at) {
        throw new Gap(table, topic, range, at);
      }
      if (at != null && range.from() < at) {
        throw overlap(table, topic, range + ", and the table ends at " + at, null);
      }
      next.put(range.partition(), range.to());
    }
    return new Joining(
        fresh, new Progress(topic.name(), id, all, there.with(Offsets.of(next)), times));
  }

  private static boolean isIn(Range range, Offsets there) {
    Long next = there.of(range.partition());
    return next != null && range.to() <= next;
  }

  private static String same(Topic topic, String id, String other) {
    if (!id.isEmpty() && !other.isEmpty() && !id.equals(other)) {
      throw KafkaClients.madeAgain(topic, id, other);
    }
    return id.isEmpty() ? other : id;
  }

  private static HeadwaterException overlap(
      TableRef table, Topic topic, @Nullable String why, @Nullable Exception cause) {
    return new HeadwaterException(
        Kind.REFUSED,
        "Cannot commit to %s what came of %s: a part of it is there already (%s)."
            .formatted(table, topic, why),
        "let only one job write under this name; then start it anew, without a savepoint: it goes"
            + " on where the table ends.",
        cause);
  }

  /** What comes before is not there, or not yet. */
  static final class Gap extends HeadwaterException {
    private static final long serialVersionUID = 1;

    Gap(TableRef table, Topic topic, Range range, @Nullable Long at) {
      super(
          Kind.FAILED,
          "Cannot commit to %s what came of %s: %s comes after a gap, the table %s."
              .formatted(
                  table,
                  topic,
                  range,
                  at == null ? "has nothing of this partition" : "ends at " + at),
          "was the table rolled back? Start the job anew, without a savepoint: it goes on where"
              + " the table ends.");
    }
  }
}
