package dev.headwater.runners;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Answer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The jobs of a Flink cluster, whoever sent them. */
final class FlinkJobs {
  private static final Duration FOR_SAVEPOINT = Duration.ofMinutes(10);
  private static final int SHORT_ID = 8;
  private static final double PER_SECOND = 1000.0;

  private final FlinkRest rest;

  FlinkJobs(FlinkRest rest) {
    this.rest = rest;
  }

  /**
   * The id of the one job that this means: its id or the beginning of it, its name or the beginning
   * of that. Of several of one name the one that runs.
   *
   * @throws HeadwaterException USAGE if there is none, or more than one
   */
  String id(String meant) {
    List<JsonNode> found =
        all().stream()
            .filter(
                job ->
                    job.path("jid").asText().startsWith(meant)
                        || job.path("name").asText().startsWith(meant))
            .toList();
    List<JsonNode> running = found.stream().filter(job -> !ClusterJob.ended(job)).toList();
    List<JsonNode> of = running.isEmpty() ? found : running;
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

  /** All of them, the newest first. */
  Answer list() {
    List<List<String>> rows = new ArrayList<>();
    List<Map<String, Object>> data = new ArrayList<>();
    for (JsonNode job : all()) {
      JsonNode tasks = job.path("tasks");
      rows.add(
          List.of(
              shortId(job),
              job.path("name").asText(),
              state(job),
              since(job).toString(),
              ran(job),
              tasks.path("running").asInt() + "/" + tasks.path("total").asInt()));
      data.add(facts(job, job.path("jid").asText()));
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("cluster", rest.master());
    answer.put("jobs", data);
    return Answer.of(
        answer,
        rows.isEmpty()
            ? new Answer.Block.Line("no jobs on " + rest.master())
            : new Answer.Block.Grid(
                List.of("JOB", "NAME", "STATE", "SINCE", "RAN", "TASKS"), rows));
  }

  /** One of them. */
  Answer show(String id) {
    JsonNode job = rest.get("/jobs/" + id);
    Map<String, Object> data = facts(job, id);
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("job", id);
    facts.put("name", job.path("name").asText());
    facts.put("state", state(job) + " since " + since(job) + ", " + ran(job));
    checkpoints(id, facts, data);
    String failure =
        rest.get("/jobs/" + id + "/exceptions?maxExceptions=1")
            .path("exceptionHistory")
            .path("entries")
            .path(0)
            .path("stacktrace")
            .asText();
    if (!failure.isEmpty()) {
      String line = failure.lines().findFirst().orElse("");
      facts.put("last failure", line);
      data.put("last_failure", line);
    }
    List<List<String>> rows = new ArrayList<>();
    List<Map<String, Object>> steps = new ArrayList<>();
    for (JsonNode vertex : job.path("vertices")) {
      Map<String, Object> step = step(id, vertex);
      steps.add(step);
      rows.add(step.values().stream().map(v -> v == null ? "" : v.toString()).toList());
    }
    data.put("steps", steps);
    return Answer.of(
        data,
        new Answer.Block.Facts(facts),
        new Answer.Block.Grid(
            List.of("STEP", "PARALLEL", "STATE", "IN", "OUT", "BUSY", "HELD BACK"), rows));
  }

  /** Asks for its end. */
  Answer cancel(String id) {
    new ClusterJob(rest, id).stop();
    return Answer.of(
        Map.of("job", id, "state", "canceled"),
        new Answer.Block.Line("job " + id + " is cancelled; what it has committed stays"));
  }

  /**
   * Stops it with a savepoint, and waits for that.
   *
   * @param folder where to; null: as the cluster is set
   * @throws HeadwaterException FAILED if it can't be made
   */
  Answer stop(String id, @Nullable String folder) {
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
    return Answer.of(
        Map.of("job", id, "state", "stopped", "savepoint", place),
        new Answer.Block.Line("job " + id + " is stopped"),
        new Answer.Block.Line("savepoint " + place));
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

  private List<JsonNode> all() {
    List<JsonNode> jobs = new ArrayList<>();
    rest.get("/jobs/overview").path("jobs").forEach(jobs::add);
    jobs.sort(Comparator.comparing(FlinkJobs::since).reversed());
    return jobs;
  }

  private static Map<String, Object> facts(JsonNode job, String id) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("job", id);
    facts.put("name", job.path("name").asText());
    facts.put("state", state(job));
    facts.put("since", since(job).toString());
    facts.put("duration_ms", job.path("duration").asLong());
    return facts;
  }

  private void checkpoints(String id, Map<String, String> facts, Map<String, Object> data) {
    JsonNode all = rest.find("/jobs/" + id + "/checkpoints").orElse(null);
    if (all == null) {
      return;
    }
    JsonNode last = all.path("latest").path("completed");
    JsonNode lost = all.path("latest").path("failed");
    if (lost.path("failure_timestamp").asLong() > last.path("latest_ack_timestamp").asLong()) {
      String why = lost.path("failure_message").asText();
      boolean unwritten = why.contains("Asynchronous task") || why.contains("finalize");
      facts.put(
          "no checkpoint",
          unwritten ? why + " Is there room for it? The processes' logs say more." : why);
      data.put("checkpoint_failure", why);
    }
    if (last.path("id").isMissingNode()) {
      return;
    }
    int failed = all.path("counts").path("failed").asInt();
    String path = last.path("external_path").asText();
    facts.put(
        "checkpoint",
        "%d, %s, %d ms, %d bytes%s"
            .formatted(
                last.path("id").asLong(),
                Instant.ofEpochMilli(last.path("latest_ack_timestamp").asLong())
                    .truncatedTo(ChronoUnit.SECONDS),
                last.path("end_to_end_duration").asLong(),
                last.path("state_size").asLong(),
                failed == 0 ? "" : "; " + failed + " failed"));
    facts.put("at", path);
    data.put(
        "checkpoint",
        Map.of(
            "id", last.path("id").asLong(),
            "path", path,
            "duration_ms", last.path("end_to_end_duration").asLong(),
            "bytes", last.path("state_size").asLong(),
            "failed", failed));
  }

  private Map<String, Object> step(String job, JsonNode vertex) {
    JsonNode counts = vertex.path("metrics");
    Map<String, Double> load = new HashMap<>();
    rest.find(
            "/jobs/"
                + job
                + "/vertices/"
                + vertex.path("id").asText()
                + "/subtasks/metrics?agg=max&get=busyTimeMsPerSecond,backPressuredTimeMsPerSecond")
        .ifPresent(
            of -> of.forEach(m -> load.put(m.path("id").asText(), m.path("max").asDouble())));
    Map<String, Object> step = new LinkedHashMap<>();
    step.put("step", vertex.path("name").asText().lines().findFirst().orElse(""));
    step.put("parallelism", vertex.path("parallelism").asInt());
    step.put("state", vertex.path("status").asText().toLowerCase(Locale.ROOT));
    step.put("records_in", counts.path("read-records").asLong());
    step.put("records_out", counts.path("write-records").asLong());
    step.put("busy", share(load.get("busyTimeMsPerSecond")));
    step.put("held_back", share(load.get("backPressuredTimeMsPerSecond")));
    return step;
  }

  /** Of a second; empty while it isn't measured. */
  private static @Nullable String share(@Nullable Double millis) {
    return millis == null || millis.isNaN() ? null : Math.round(100 * millis / PER_SECOND) + "%";
  }

  private static String shortId(JsonNode job) {
    return job.path("jid").asText().substring(0, SHORT_ID);
  }

  private static String state(JsonNode job) {
    return job.path("state").asText().toLowerCase(Locale.ROOT);
  }

  private static Instant since(JsonNode job) {
    return Instant.ofEpochMilli(job.path("start-time").asLong()).truncatedTo(ChronoUnit.SECONDS);
  }

  private static String ran(JsonNode job) {
    Duration ran = Duration.ofMillis(job.path("duration").asLong());
    return ran.toHours() > 0
        ? "%d:%02d:%02d".formatted(ran.toHours(), ran.toMinutesPart(), ran.toSecondsPart())
        : "%d:%02d".formatted(ran.toMinutesPart(), ran.toSecondsPart());
  }
}
