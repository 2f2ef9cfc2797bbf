package dev.headwater.pipelines;

import dev.headwater.pipelines.project.Target;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is played, and into which topic.
 *
 * @param from event time, inclusive; null: from the first row
 * @param to event time, exclusive; null: to the last row
 * @param speed how many seconds of event time in one; 0: as fast as it goes
 * @param servers Kafka's, host:port
 * @param time the column of the event time; null: the one that is declared
 * @param key the column whose value is the records' key; null: records without keys
 * @param partitions how many a topic gets that is not there yet
 * @param properties Kafka's own
 */
public record PlaySpec(
    Target target,
    @Nullable Instant from,
    @Nullable Instant to,
    double speed,
    String servers,
    String topic,
    @Nullable String time,
    @Nullable String key,
    int partitions,
    Map<String, String> properties) {
  public PlaySpec {
    properties = Map.copyOf(properties);
  }

  /** Who is told how far it is. */
  @FunctionalInterface
  public interface Watch {
    /**
     * Told often; returns quickly.
     *
     * @param of all rows; what is played is known before the first goes out
     * @param at the event time of the last one
     */
    void at(long rows, long of, Instant at);
  }
}
