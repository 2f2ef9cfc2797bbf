package dev.headwater.runners;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headwater.pipelines.Engine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Tells whoever waits for a job on a cluster how far it is; asks the cluster sparingly. */
final class JobWatch {
  private static final long STEPS = Duration.ofSeconds(1).toNanos();

  /** Flink measures load every ten seconds, and asking costs a request for each step. */
  private static final long LOAD = Duration.ofSeconds(5).toNanos();

  private final JobFigures figures;
  private final String stage;
  private final Engine.Watch watch;
  private long lookedAtSteps = System.nanoTime() - STEPS;
  private long lookedAtLoad = System.nanoTime() - LOAD;
  private long rows;
  private String load = "";

  /**
   * A watch over one job.
   *
   * @param stage the namespace of its counters
   */
  JobWatch(JobFigures figures, String stage, Engine.Watch watch) {
    this.figures = figures;
    this.stage = stage;
    this.watch = watch;
  }

  /** Tells what is new, if it is time to. */
  void look(JsonNode job) {
    long now = System.nanoTime();
    if (now - lookedAtSteps < STEPS) {
      return;
    }
    lookedAtSteps = now;
    if (now - lookedAtLoad >= LOAD) {
      lookedAtLoad = now;
      load = load(job);
      count(job);
    }
    watch.at(rows, words(job));
  }

  /** What a lost worker had counted is counted once more by the next attempt. */
  private void count(JsonNode job) {
    rows = Math.max(rows, JobFigures.rows(figures.counts(job), stage));
  }

  /** It is finished. */
  void end(JsonNode job) {
    count(job);
    watch.at(rows, "");
  }

  private String words(JsonNode job) {
    int steps = job.path("vertices").size();
    long done = 0;
    for (JsonNode vertex : job.path("vertices")) {
      done += vertex.path("status").asText().equals("FINISHED") ? 1 : 0;
    }
    List<String> words = new ArrayList<>();
    String state = job.path("state").asText();
    if (!state.equals("RUNNING")) {
      words.add(state.toLowerCase(java.util.Locale.ROOT));
    } else if (done > 0) {
      words.add(done + " of " + steps + " steps done");
    }
    if (!load.isEmpty()) {
      words.add(load);
    }
    return String.join(", ", words);
  }

  /** The step that holds the others up, and the newest checkpoint. */
  private String load(JsonNode job) {
    List<String> words = new ArrayList<>();
    figures.steps(job).stream()
        .filter(s -> s.heldBack() >= 0.01)
        .max(Comparator.comparingDouble(JobFigures.Step::heldBack))
        .ifPresent(s -> words.add("held back " + JobFigures.share(s.heldBack())));
    figures
        .checkpoints()
        .newest()
        .ifPresent(
            c ->
                words.add(
                    "checkpoint "
                        + c.id()
                        + " in "
                        + c.millis()
                        + " ms"
                        + (c.failed() == 0 ? "" : ", " + c.failed() + " failed")));
    return String.join(", ", words);
  }
}
