package dev.headwater.runners;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headwater.pipelines.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a cluster's jobs are, and what has been done with them, as answers. */
final class JobAnswers {
  private final FlinkJobs jobs;

  JobAnswers(FlinkJobs jobs) {
    this.jobs = jobs;
  }

  /** All of them, the newest first. */
  Answer list() {
    List<List<String>> rows = new ArrayList<>();
    List<Map<String, Object>> data = new ArrayList<>();
    for (JsonNode job : jobs.all()) {
      JsonNode tasks = job.path("tasks");
      rows.add(
          List.of(
              FlinkJobs.shortId(job),
              job.path("name").asText(),
              state(job),
              FlinkJobs.since(job).toString(),
              ran(job),
              tasks.path("running").asInt() + "/" + tasks.path("total").asInt()));
      data.add(facts(job, job.path("jid").asText()));
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("cluster", jobs.rest().master());
    answer.put("jobs", data);
    return Answer.of(
        answer,
        rows.isEmpty()
            ? new Answer.Block.Line("no jobs on " + jobs.rest().master())
            : new Answer.Block.Grid(
                List.of("JOB", "NAME", "STATE", "SINCE", "RAN", "TASKS"), rows));
  }

  /** One of them. */
  Answer show(String id) {
    JsonNode job = jobs.rest().get("/jobs/" + id);
    Map<String, Object> data = facts(job, id);
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("job", id);
    facts.put("name", job.path("name").asText());
    facts.put("state", state(job) + " since " + FlinkJobs.since(job) + ", " + ran(job));
    JobFigures figures = new JobFigures(jobs.rest(), id);
    checkpoints(figures.checkpoints(), facts, data);
    String failure =
        jobs.rest()
            .get("/jobs/" + id + "/exceptions?maxExceptions=1")
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
    List<JobFigures.Step> steps = figures.steps(job);
    if (JobFigures.ungathered(steps)) {
      facts.put(
          "load",
          "not gathered yet: the JobManager asks each ten seconds; while it waits for a worker that"
              + " was lost, its web.timeout");
    }
    List<Answer.Block> blocks = new ArrayList<>(List.of(new Answer.Block.Facts(facts)));
    blocks.add(steps(steps, data));
    List<JobFigures.Count> counts = figures.counts(job);
    if (!counts.isEmpty()) {
      blocks.add(counts(counts, data));
    }
    return Answer.of(data, blocks);
  }

  /** As {@link FlinkJobs#cancel}. */
  Answer cancel(String id) {
    jobs.cancel(id);
    return Answer.of(
        Map.of("job", id, "state", "canceled"),
        new Answer.Block.Line("job " + id + " is cancelled; what it has committed stays"));
  }

  /** As {@link FlinkJobs#stop}. */
  Answer stop(String id, @Nullable String folder) {
    String place = jobs.stop(id, folder);
    return Answer.of(
        Map.of("job", id, "state", "stopped", "savepoint", place),
        new Answer.Block.Line("job " + id + " is stopped"),
        new Answer.Block.Line("savepoint " + place));
  }

  private static Map<String, Object> facts(JsonNode job, String id) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("job", id);
    facts.put("name", job.path("name").asText());
    facts.put("state", state(job));
    facts.put("since", FlinkJobs.since(job).toString());
    facts.put("duration_ms", job.path("duration").asLong());
    return facts;
  }

  private static void checkpoints(
      JobCheckpoints of, Map<String, String> facts, Map<String, Object> data) {
    of.failure()
        .ifPresent(
            why -> {
              boolean unwritten = why.contains("Asynchronous task") || why.contains("finalize");
              facts.put(
                  "no checkpoint",
                  unwritten ? why + " Is there room for it? The processes' logs say more." : why);
              data.put("checkpoint_failure", why);
            });
    of.newest()
        .ifPresent(
            last -> {
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
            });
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

  private static String state(JsonNode job) {
    return job.path("state").asText().toLowerCase(Locale.ROOT);
  }

  private static String ran(JsonNode job) {
    Duration ran = Duration.ofMillis(job.path("duration").asLong());
    return ran.toHours() > 0
        ? "%d:%02d:%02d".formatted(ran.toHours(), ran.toMinutesPart(), ran.toSecondsPart())
        : "%d:%02d".formatted(ran.toMinutesPart(), ran.toSecondsPart());
  }
}
