package dev.headwater.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.SummaryKeys;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/**
 * How far a topic is in a table, as a snapshot's summary says it under {@value #KEY}: of all
 * partitions, so that a sink's newest snapshot is enough.
 *
 * @param topic its name
 * @param id tells it from another one of its name; empty where brokers give none
 * @param ranges what this snapshot brought
 * @param next the next offset of every partition that was ever read
 * @param times for each partition the greatest timestamp of a record so far; none where no record
 *     had one
 */
public record Progress(
    String topic, String id, OffsetRanges ranges, Offsets next, Map<Integer, Instant> times)
    implements Serializable {
  private static final long serialVersionUID = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Where a summary has it. */
  public static final String KEY = "headwater.kafka";

  public Progress {
    times = Collections.unmodifiableMap(new TreeMap<>(times));
  }

  /** What a sink has brought into a table; empty before its first commit. */
  public static Optional<Progress> of(Table table, String sink) {
    return of(History.of(table), sink);
  }

  /** As {@link #of(Table, String)}, of a branch with the newest snapshot first. */
  static Optional<Progress> of(List<Snapshot> history, String sink) {
    for (Snapshot snapshot : history) {
      Map<String, String> summary = snapshot.summary();
      String said = summary == null ? null : summary.get(KEY);
      if (said != null && summary.getOrDefault(SummaryKeys.TOKEN, "").startsWith(sink + "/")) {
        return Optional.of(read(said));
      }
    }
    return Optional.empty();
  }

  /** What a summary says. */
  static Progress read(String text) {
    try {
      JsonNode all = JSON.readTree(text);
      Map<Integer, Long> next = new HashMap<>();
      all.path("next").fields().forEachRemaining(e -> next.put(number(e), e.getValue().asLong()));
      Map<Integer, Instant> times = new HashMap<>();
      all.path("times")
          .fields()
          .forEachRemaining(e -> times.put(number(e), Instant.ofEpochMilli(e.getValue().asLong())));
      List<OffsetRanges.Range> ranges = new ArrayList<>();
      all.path("ranges")
          .fields()
          .forEachRemaining(
              e ->
                  ranges.add(
                      new OffsetRanges.Range(
                          number(e), e.getValue().get(0).asLong(), e.getValue().get(1).asLong())));
      return new Progress(
          all.path("topic").asText(),
          all.path("id").asText(),
          OffsetRanges.of(ranges),
          Offsets.of(next),
          times);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a snapshot's " + KEY + " is no JSON: " + text, e);
    }
  }

  private static int number(Map.Entry<String, ?> entry) {
    return Integer.parseInt(entry.getKey());
  }

  /** What a summary is to say. */
  Map<String, String> summary() {
    ObjectNode all = JSON.createObjectNode();
    all.put("topic", topic);
    all.put("id", id);
    ObjectNode of = all.putObject("ranges");
    ranges
        .all()
        .forEach(r -> of.putArray(Integer.toString(r.partition())).add(r.from()).add(r.to()));
    ObjectNode at = all.putObject("next");
    next.forEach((partition, offset) -> at.put(Integer.toString(partition), offset));
    ObjectNode when = all.putObject("times");
    times.forEach((partition, time) -> when.put(Integer.toString(partition), time.toEpochMilli()));
    return Map.of(KEY, all.toString());
  }
}
