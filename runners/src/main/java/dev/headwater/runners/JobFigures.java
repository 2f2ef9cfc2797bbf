package dev.headwater.runners;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a Flink cluster tells of one job: how far it is, and what holds it up. */
final class JobFigures {
  /** Under this name Beam hands on the counters of a step's worker that is done. */
  private static final String COUNTERS = "__metricscontainers";

  /** How Flink calls one while it counts: the worker, the operator, the stage, the name. */
  private static final Pattern LIVE = Pattern.compile("\\d+\\.(.+)\\.([a-z]+)_(rows_\\w+)");

  private static final Pattern COUNTER = Pattern.compile("(.*):([^:]+):([^:]+): (\\d+)");
  private static final Pattern BETWEEN =
      Pattern.compile(", |\\)(?=Distributions|Gauges|StringSets|Histograms|\\)?$)");

  private static final double PER_SECOND = 1000.0;

  private final FlinkRest rest;
  private final String id;

  JobFigures(FlinkRest rest, String id) {
    this.rest = rest;
    this.id = id;
  }

  /**
   * One of its steps as Flink runs it; often several of Beam's in a chain.
   *
   * @param in elements read from other steps, each often a batch or a group of files
   * @param busy how much of its time its busiest worker is at work, 0 to 1; NaN until it is
   *     measured
   * @param heldBack how much of it that waits for the next step; NaN until it is measured
   */
  record Step(
      String name, int parallelism, String state, long in, long out, double busy, double heldBack) {
    boolean isDone() {
      return state.equals("finished");
    }
  }

  /** One of Beam's counters in one of Beam's steps. */
  record Count(String step, String stage, String name, long rows) {}

  /** Its steps, as a job's JSON has them. */
  List<Step> steps(JsonNode job) {
    List<Step> steps = new ArrayList<>();
    for (JsonNode vertex : job.path("vertices")) {
      String state = vertex.path("status").asText().toLowerCase(Locale.ROOT);
      Map<String, Double> load =
          state.equals("running") ? load(vertex.path("id").asText()) : Map.of();
      JsonNode counts = vertex.path("metrics");
      steps.add(
          new Step(
              vertex.path("name").asText().lines().findFirst().orElse(""),
              vertex.path("parallelism").asInt(),
              state,
              counts.path("read-records").asLong(),
              counts.path("write-records").asLong(),
              load.getOrDefault("busyTimeMsPerSecond", Double.NaN) / PER_SECOND,
              load.getOrDefault("backPressuredTimeMsPerSecond", Double.NaN) / PER_SECOND));
    }
    return steps;
  }

  /** Whether steps run, and the JobManager has the load of none: of their counts neither. */
  static boolean ungathered(List<Step> steps) {
    List<Step> running = steps.stream().filter(s -> s.state().equals("running")).toList();
    return !running.isEmpty() && running.stream().allMatch(s -> Double.isNaN(s.busy()));
  }

  private Map<String, Double> load(String vertex) {
    Map<String, Double> load = new HashMap<>();
    rest.find(
            "/jobs/"
                + id
                + "/vertices/"
                + vertex
                + "/subtasks/metrics?agg=max&get=busyTimeMsPerSecond,backPressuredTimeMsPerSecond")
        .ifPresent(
            of -> of.forEach(m -> load.put(m.path("id").asText(), m.path("max").asDouble())));
    return load;
  }

  /**
   * What has been counted: in a bounded job by the workers that are done with a step, since Beam
   * tells no sooner; in a stream by now, or ten seconds ago.
   */
  List<Count> counts(JsonNode job) {
    List<Count> counts = new ArrayList<>();
    rest.find("/jobs/" + id + "/accumulators")
        .ifPresent(
            all -> {
              for (JsonNode one : all.path("user-task-accumulators")) {
                if (one.path("name").asText().equals(COUNTERS)) {
                  counts(one.path("value").asText(), counts);
                }
              }
            });
    if (counts.isEmpty()) {
      job.path("vertices").forEach(vertex -> live(vertex.path("id").asText(), counts));
    }
    return counts;
  }

  private void live(String vertex, List<Count> into) {
    String at = "/jobs/" + id + "/vertices/" + vertex + "/metrics";
    List<String> ids = new ArrayList<>();
    rest.find(at)
        .ifPresent(
            all ->
                all.forEach(
                    one -> {
                      String name = one.path("id").asText();
                      if (LIVE.matcher(name).matches()) {
                        ids.add(URLEncoder.encode(name, StandardCharsets.UTF_8));
                      }
                    }));
    if (ids.isEmpty()) {
      return;
    }
    rest.find(at + "?get=" + String.join(",", ids))
        .ifPresent(
            all ->
                all.forEach(
                    one -> {
                      Matcher name = LIVE.matcher(one.path("id").asText());
                      if (name.matches()) {
                        add(into, name, one.path("value").asLong());
                      }
                    }));
  }

  /** As Beam prints them: {@code MetricQueryResults(Counters(step:stage:name: 12, ...)...)}. */
  static void counts(String printed, List<Count> into) {
    int begin = printed.indexOf("Counters(");
    if (begin < 0) {
      return;
    }
    String from = printed.substring(begin + "Counters(".length());
    for (String one : BETWEEN.split(from, -1)) {
      Matcher counter = COUNTER.matcher(one);
      if (counter.matches()) {
        add(into, counter, Long.parseLong(counter.group(4)));
      }
    }
  }

  /** Workers of one step count each for itself. */
  private static void add(List<Count> counts, Matcher name, long rows) {
    for (int i = 0; i < counts.size(); i++) {
      Count c = counts.get(i);
      if (c.step().equals(name.group(1))
          && c.stage().equals(name.group(2))
          && c.name().equals(name.group(3))) {
        counts.set(i, new Count(c.step(), c.stage(), c.name(), c.rows() + rows));
        return;
      }
    }
    counts.add(new Count(name.group(1), name.group(2), name.group(3), rows));
  }

  /** The rows that a stage has read so far. */
  static long rows(List<Count> counts, String stage) {
    return counts.stream()
        .filter(c -> c.stage().equals(stage) && c.name().equals("rows_in"))
        .mapToLong(Count::rows)
        .sum();
  }

  /** As they are now. */
  JobCheckpoints checkpoints() {
    return JobCheckpoints.of(rest, id);
  }

  /** "12%", or nothing while it isn't measured. */
  static String share(double of) {
    return Double.isNaN(of) ? "" : Math.round(100 * of) + "%";
  }
}
