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
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    List<JsonNode> found =
        all().stream()
            .filter(
                job ->
                    job.path("jid").asText().startsWith(meant)
                        || job.path("name").asText().startsWith(meant))
            .toList();
    List<JsonNode> running = found.stream().filter(job -> !ClusterJob.ended(job)).toList();
    List<JsonNode> of = running.isEmpty() ? found.stream().limit(1).toList() : running;
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
    JobFigures figures = new JobFigures(rest, id);
    lost(id, facts, data);
    figures.checkpoint().ifPresent(c -> checkpoint(c, facts, data));
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
    List<Answer.Block> blocks = new ArrayList<>(List.of(new Answer.Block.Facts(facts)));
    blocks.add(steps(figures.steps(job), data));
    List<JobFigures.Count> counts = figures.counts(job);
    if (!counts.isEmpty()) {
      blocks.add(counts(counts, data));
    }
    return Answer.of(data, blocks);
  }

  private static Answer.Block steps(List<JobFigures.Step> steps, Map<String, Object> data) {
    List<List<String>> rows = new ArrayList<>();
    List<Map<String, Object>> all = new ArrayList<>();
    for (JobFigures.Step step : steps) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("step", step.name());
      one.put("parallelism", step.parallelism());
      one.put("state", step.state());
      one.put("records_in", step.in());
      one.put("records_out", step.out());
      one.put("busy", JobFigures.share(step.busy()));
      one.put("held_back", JobFigures.share(step.heldBack()));
      all.add(one);
      rows.add(one.values().stream().map(Object::toString).toList());
    }
    data.put("steps", all);
    return new Answer.Block.Grid(
        List.of("STEP", "PARALLEL", "STATE", "IN", "OUT", "BUSY", "HELD BACK"), rows);
  }

  /** Steps of Flink's pass batches and groups of files on; the rows in them are counted here. */
  private static Answer.Block counts(List<JobFigures.Count> counts, Map<String, Object> data) {
    data.put(
        "counts",
        counts.stream()
            .map(
                c ->
                    Map.of(
                        "step", c.step(), "stage", c.stage(), "count", c.name(), "rows", c.rows()))
            .toList());
    return new Answer.Block.Grid(
        List.of("COUNTED IN", "WHAT", "ROWS"),
        counts.stream()
            .map(c -> List.of(c.step(), c.stage() + " " + c.name(), Long.toString(c.rows())))
            .toList());
  }

  /** Asks for its end. */
  Answer cancel(String id) {
    new ClusterJob(rest, id).stop();
    return Answer.of(
        Map.of("job", id, "state", "canceled"),
        new Answer.Block.Line("job " + id + " is cancelled; what it has committed stays"));
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
    return all().stream()
        .anyMatch(
            job ->
                job.path("jid").asText().startsWith(meant)
                    || job.path("name").asText().startsWith(meant));
  }

  /** The newest savepoint or checkpoint of a job that has ended, if one of them is still there. */
  Optional<String> state(String id) {
    JsonNode latest =
        rest.find("/jobs/" + id + "/checkpoints").map(c -> c.path("latest")).orElse(null);
    if (latest == null) {
      return Optional.empty();
    }
    return Stream.of(latest.path("savepoint"), latest.path("completed"))
        .filter(c -> c.has("external_path") && !c.path("discarded").asBoolean())
        .max(Comparator.comparingLong(c -> c.path("id").asLong()))
        .map(c -> c.path("external_path").asText());
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

  /** As {@link #stopped}, told. */
  Answer stop(String id, @Nullable String folder) {
    String place = stopped(id, folder);
    return Answer.of(
        Map.of("job", id, "state", "stopped", "savepoint", place),
        new Answer.Block.Line("job " + id + " is stopped"),
        new Answer.Block.Line("savepoint " + place));
  }

  /**
   * Stops it with a savepoint, and waits for that.
   *
   * @param folder where to; null: as the cluster is set
   * @return the savepoint's place
   * @throws HeadwaterException FAILED if it can't be made
   */
  String stopped(String id, @Nullable String folder) {
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

  /** Why the newest checkpoint failed, if it is newer than the last that is whole. */
  private void lost(String id, Map<String, String> facts, Map<String, Object> data) {
    JsonNode latest =
        rest.find("/jobs/" + id + "/checkpoints").map(c -> c.path("latest")).orElse(null);
    if (latest == null) {
      return;
    }
    JsonNode lost = latest.path("failed");
    if (lost.path("failure_timestamp").asLong()
        > latest.path("completed").path("latest_ack_timestamp").asLong()) {
      String why = lost.path("failure_message").asText();
      boolean unwritten = why.contains("Asynchronous task") || why.contains("finalize");
      facts.put(
          "no checkpoint",
          unwritten ? why + " Is there room for it? The processes' logs say more." : why);
      data.put("checkpoint_failure", why);
    }
  }

  private static void checkpoint(
      JobFigures.Checkpoint last, Map<String, String> facts, Map<String, Object> data) {
    facts.put(
        "checkpoint",
        "%d, %s, %d ms, %d bytes%s"
            .formatted(
                last.id(),
                last.at(),
                last.millis(),
                last.bytes(),
                last.failed() == 0 ? "" : "; " + last.failed() + " failed"));
    facts.put("at", last.path());
    data.put(
        "checkpoint",
        Map.of(
            "id", last.id(),
            "path", last.path(),
            "duration_ms", last.millis(),
            "bytes", last.bytes(),
            "failed", last.failed()));
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
