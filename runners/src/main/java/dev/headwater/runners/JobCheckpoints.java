package dev.headwater.runners;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** The checkpoints and savepoints of one job, as its cluster tells of them; none of most jobs. */
final class JobCheckpoints {
  private final JsonNode all;

  private JobCheckpoints(JsonNode all) {
    this.all = all;
  }

  /** Asks once. */
  static JobCheckpoints of(FlinkRest rest, String id) {
    return new JobCheckpoints(
        rest.find("/jobs/" + id + "/checkpoints").orElse(MissingNode.getInstance()));
  }

  /**
   * A checkpoint that is whole.
   *
   * @param failed how many of the job's have failed so far
   */
  record Checkpoint(long id, Instant at, long millis, long bytes, String path, long failed) {}

  /** The newest one; empty before the first. */
  Optional<Checkpoint> newest() {
    JsonNode last = latest("completed");
    return last.has("id")
        ? Optional.of(
            new Checkpoint(
                last.path("id").asLong(),
                Instant.ofEpochMilli(acknowledged(last)).truncatedTo(ChronoUnit.SECONDS),
                last.path("end_to_end_duration").asLong(),
                last.path("state_size").asLong(),
                last.path("external_path").asText(),
                all.path("counts").path("failed").asLong()))
        : Optional.empty();
  }

  /** Why the newest one failed, if it is newer than the last that is whole. */
  Optional<String> failure() {
    JsonNode lost = latest("failed");
    return lost.path("failure_timestamp").asLong() > acknowledged(latest("completed"))
        ? Optional.of(lost.path("failure_message").asText())
        : Optional.empty();
  }

  /** Where the newest savepoint or checkpoint is that is still there. */
  Optional<String> state() {
    return Stream.of(latest("savepoint"), latest("completed"))
        .filter(c -> c.has("external_path") && !c.path("discarded").asBoolean())
        .max(Comparator.comparingLong(c -> c.path("id").asLong()))
        .map(c -> c.path("external_path").asText());
  }

  private JsonNode latest(String kind) {
    return all.path("latest").path(kind);
  }

  private static long acknowledged(JsonNode checkpoint) {
    return checkpoint.path("latest_ack_timestamp").asLong();
  }
}
