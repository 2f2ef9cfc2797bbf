package dev.headwater.runners;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headwater.catalog.HeadwaterException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The jobs of a Flink cluster, whoever sent them. */
final class FlinkJobs {
  private static final Duration FOR_SAVEPOINT = Duration.ofMinutes(10);
  private static final int SHORT_ID = 8;

  private final FlinkRest rest;

  FlinkJobs(FlinkRest rest) {
    this.rest = rest;
  }

  /**
   * The id of the one job that this means: its id or the beginning of it, its name or the beginning
   * of that. Of several that fit the one that runs, or else the newest.
   *
   * @throws HeadwaterException USAGE if there is none, or more than one
   */
  String id(String meant) {
    List<JsonNode> of = meant(job -> means(meant, job));
    if (of.size() == 1) {
      return of.get(0).path("jid").asText();
    }
    throw new HeadwaterException(
        HeadwaterException.Kind.USAGE,
        of.isEmpty()
            ? "The cluster at " + rest.master() + " has no job '" + meant + "'."
            : "'"
                + meant
                + "' means "
                + of.size()
                + " jobs: "
                + of.stream().map(FlinkJobs::shortId).collect(Collectors.joining(", "))
                + ".",
        "headwater job list --cluster " + rest.master() + " has them all.");
  }

  /** Those at work that fit, or else the newest that has ended. */
  List<JsonNode> meant(Predicate<JsonNode> fits) {
    List<JsonNode> found = all().stream().filter(fits).toList();
    List<JsonNode> running = found.stream().filter(job -> !ClusterJob.ended(job)).toList();
    return running.isEmpty() ? found.stream().limit(1).toList() : running;
  }

  /** What the cluster calls it. */
  String name(String id) {
    return rest.get("/jobs/" + id).path("name").asText();
  }

  /** The cluster. */
  FlinkRest rest() {
    return rest;
  }

  /** Whether it has not ended yet. */
  boolean isRunning(String id) {
    return !ClusterJob.ended(rest.get("/jobs/" + id));
  }

  /** Whether the cluster knows a job that this means. */
  boolean knows(String meant) {
    return all().stream().anyMatch(job -> means(meant, job));
  }

  private static boolean means(String meant, JsonNode job) {
    return job.path("jid").asText().startsWith(meant)
        || job.path("name").asText().startsWith(meant);
  }

  /** The newest savepoint or checkpoint of a job that has ended, if one of them is still there. */
  Optional<String> state(String id) {
    return JobCheckpoints.of(rest, id).state();
  }

  /**
   * Returns if a stream can be given so many slots, beside those that it has.
   *
   * @throws HeadwaterException USAGE or UNREACHABLE if not
   */
  void fits(String id, int parallelism) {
    int has = 0;
    int most = Integer.MAX_VALUE;
    for (JsonNode vertex : rest.get("/jobs/" + id).path("vertices")) {
      has = Math.max(has, vertex.path("parallelism").asInt());
      most = Math.min(most, vertex.path("maxParallelism").asInt(most));
    }
    if (parallelism > most) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Job " + id + " can be rescaled to " + most + " at most: its first start settled that.",
          "ask for less; or begin anew with more: headwater job resume "
              + id
              + " --rebuild"
              + " --parallelism="
              + parallelism
              + " --maxParallelism="
              + parallelism
              + ".");
    }
    JsonNode slots = rest.get("/overview");
    int free = slots.path("slots-available").asInt() + has;
    if (parallelism > free) {
      throw new ClusterCheck(rest).full(parallelism, free, slots.path("slots-total").asInt());
    }
  }

  /**
   * Stops it with a savepoint, and waits for that.
   *
   * @param folder where to; null: as the cluster is set
   * @return the savepoint's place
   * @throws HeadwaterException FAILED if it can't be made
   */
  String stop(String id, @Nullable String folder) {
    Map<String, Object> how = new HashMap<>();
    how.put("drain", false);
    if (folder != null) {
      how.put("targetDirectory", folder);
    }
    String request =
        rest.post("/jobs/" + id + "/stop", how)
            .orElseThrow(() -> notStopped(id, "it has ended", null))
            .path("request-id")
            .asText();
    long until = System.nanoTime() + FOR_SAVEPOINT.toNanos();
    JsonNode answer;
    do {
      ClusterJob.pause();
      answer = rest.get("/jobs/" + id + "/savepoints/" + request);
    } while (!answer.path("status").path("id").asText().equals("COMPLETED")
        && System.nanoTime() < until);
    String place = answer.path("operation").path("location").asText();
    if (place.isEmpty()) {
      String why = answer.path("operation").path("failure-cause").path("stack-trace").asText();
      throw notStopped(id, why.isEmpty() ? "no answer in ten minutes" : cause(why), folder);
    }
    return place;
  }

  /** Asks for its end. */
  void cancel(String id) {
    new ClusterJob(rest, id).stop();
  }

  private HeadwaterException notStopped(String id, String why, @Nullable String folder) {
    return new HeadwaterException(
        HeadwaterException.Kind.FAILED,
        "Job " + id + " on " + rest.master() + " was not stopped with a savepoint: " + why + ".",
        folder == null
            ? "name a folder that the cluster can write: --savepoint=s3://... ; a job that is no"
                + " stream has no savepoints: headwater job cancel."
            : "check that the cluster can write " + folder + ".");
  }

  /** The last of the causes that a stack trace names, in a line. */
  private static String cause(String trace) {
    String last = trace.lines().findFirst().orElse("");
    for (String line : trace.lines().toList()) {
      last = line.startsWith("Caused by: ") ? line.substring("Caused by: ".length()) : last;
    }
    return last.endsWith(".") ? last.substring(0, last.length() - 1) : last;
  }

  /** All of them, the newest first. */
  List<JsonNode> all() {
    List<JsonNode> jobs = new ArrayList<>();
    rest.get("/jobs/overview").path("jobs").forEach(jobs::add);
    jobs.sort(Comparator.comparing(FlinkJobs::since).reversed());
    return jobs;
  }

  /** What tells it from others in a list. */
  static String shortId(JsonNode job) {
    return job.path("jid").asText().substring(0, SHORT_ID);
  }

  static Instant since(JsonNode job) {
    return Instant.ofEpochMilli(job.path("start-time").asLong()).truncatedTo(ChronoUnit.SECONDS);
  }
}
