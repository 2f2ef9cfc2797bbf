package dev.headwater.runners;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.OutcomeUnknownException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.util.InstantiationUtil;
import org.apache.flink.util.SerializedThrowable;
import org.jspecify.annotations.Nullable;

/** A job on a Flink cluster, watched to its end. */
final class ClusterJob {
  private static final Duration LOOK = Duration.ofMillis(250);

  /** How long the JobManager may be silent: it can be another by then. */
  private static final Duration SILENT = Duration.ofSeconds(15);

  /** How long a job may wait for slots that others took before it began. */
  private static final Duration TO_BEGIN = Duration.ofSeconds(20);

  /** How long it may wait for a worker to come again. */
  private static final Duration TO_GO_ON = Duration.ofMinutes(3);

  private static final Duration TO_STOP = Duration.ofSeconds(30);

  private static final Set<String> ENDED = Set.of("FINISHED", "FAILED", "CANCELED");

  /** What a worker threw that it would throw again: only what cannot be reached may be there. */
  private static final Pattern FINAL =
      Pattern.compile(
          "dev\\.headwater\\.[\\w.$]*Exception \\[(FAILED|USAGE|DATA|REFUSED)\\]: ((?s:.*?)) Fix: (.*)");

  private final FlinkRest rest;
  private final String id;
  private boolean began;
  private long moved;
  private long hadWorkers;

  ClusterJob(FlinkRest rest, String id) {
    this.rest = rest;
    this.id = id;
  }

  /** The job of such a name that has not ended, if there is one. */
  static Optional<ClusterJob> running(FlinkRest rest, Predicate<String> name) {
    for (JsonNode job : rest.get("/jobs/overview").path("jobs")) {
      if (name.test(job.path("name").asText()) && !ended(job)) {
        return Optional.of(new ClusterJob(rest, job.path("jid").asText()));
      }
    }
    return Optional.empty();
  }

  String id() {
    return id;
  }

  /**
   * Waits until it is finished, or nobody waits any more.
   *
   * @param stopped asked several times a second
   * @return whether it is finished
   * @throws HeadwaterException what failed in a worker, as it was thrown there
   * @throws OutcomeUnknownException if the cluster broke down, or is silent
   */
  boolean await(BooleanSupplier stopped, JobWatch watch) {
    long heard = System.nanoTime();
    moved = heard;
    hadWorkers = heard;
    while (!stopped.getAsBoolean()) {
      try {
        JsonNode job = rest.find("/jobs/" + id).orElseThrow(this::lost);
        if (ended(job)) {
          ended(job.path("state").asText());
          watch.end(job);
          return true;
        }
        look(job);
        watch.look(job);
        heard = System.nanoTime();
      } catch (FlinkRest.SilentException e) {
        if (System.nanoTime() - heard > SILENT.toNanos()) {
          throw new OutcomeUnknownException(
              e.what(), "run again when it answers: the run goes on where it can.", e);
        }
      }
      pause();
    }
    return false;
  }

  /**
   * As {@link #await}, of a job that is another's: what is known of its end is no riddle, and who
   * is interrupted waits no more.
   *
   * @throws OutcomeUnknownException if the cluster is silent
   * @throws HeadwaterException also if the cluster gave the job up, or has lost it
   */
  boolean watched(BooleanSupplier stopped, JobWatch watch) {
    try {
      return await(stopped, watch);
    } catch (OutcomeUnknownException e) {
      if (stopped.getAsBoolean()) {
        return false;
      }
      if (rest.find("/jobs/" + id).map(job -> !ended(job)).orElse(false)) {
        throw e;
      }
      throw new HeadwaterException(
          HeadwaterException.Kind.FAILED,
          e.what(),
          "run again: what it has committed counts, the rest is done once more.",
          e);
    }
  }

  /**
   * Cancels it, and waits for its end.
   *
   * @throws HeadwaterException UNREACHABLE if it has none within seconds
   */
  void stop() {
    long until = System.nanoTime() + TO_STOP.toNanos();
    rest.cancel(id);
    while (rest.find("/jobs/" + id).map(j -> !ended(j)).orElse(false)) {
      if (System.nanoTime() > until) {
        throw new HeadwaterException(
            HeadwaterException.Kind.UNREACHABLE,
            "Job " + id + " on " + rest.master() + " does not end, though it is cancelled.",
            "look at its tasks, or stop its TaskManagers; then run again.");
      }
      pause();
    }
  }

  /** Whether it has ended, however. */
  static boolean ended(JsonNode job) {
    return ENDED.contains(job.path("state").asText());
  }

  private void look(JsonNode job) {
    String state = job.path("state").asText();
    if (!state.equals("RUNNING") && !state.equals("CREATED") && !state.equals("INITIALIZING")) {
      hopeless();
    }
    long now = System.nanoTime();
    if (!waits(job)) {
      moved = now;
    }
    if (now == moved || began || lacksWorkers(job)) {
      hadWorkers = now;
    }
    if (now - moved > TO_GO_ON.toNanos() || now - hadWorkers > TO_BEGIN.toNanos()) {
      cancel();
      throw new OutcomeUnknownException(
          "Job "
              + id
              + " on "
              + rest.master()
              + " got no slots in "
              + TimeUnit.NANOSECONDS.toSeconds(now - moved)
              + " s.",
          "wait for other jobs, or start TaskManagers; then run again.",
          null);
    }
  }

  /** Whether nothing of it is at work. */
  private boolean waits(JsonNode job) {
    JsonNode tasks = job.path("status-counts");
    int working =
        tasks.path("RUNNING").asInt()
            + tasks.path("DEPLOYING").asInt()
            + tasks.path("INITIALIZING").asInt();
    began |= working > 0 || tasks.path("FINISHED").asInt() > 0;
    return working == 0;
  }

  /** Whether it waits for workers to come again, and not for slots that others have. */
  private boolean lacksWorkers(JsonNode job) {
    int wanted = 0;
    for (JsonNode vertex : job.path("vertices")) {
      wanted = Math.max(wanted, vertex.path("parallelism").asInt());
    }
    return rest.get("/overview").path("slots-total").asInt() < wanted;
  }

  private void ended(String state) {
    if (state.equals("FINISHED")) {
      return;
    }
    Throwable cause = cause();
    for (Throwable t = cause; t != null; t = t.getCause() == t ? null : t.getCause()) {
      if (t instanceof HeadwaterException known) {
        throw known;
      }
    }
    if (state.equals("CANCELED")) {
      throw new HeadwaterException(
          HeadwaterException.Kind.FAILED,
          "Job " + id + " was cancelled on " + rest.master() + ".",
          "ask who did it; then run again.");
    }
    if (cause == null || isOfFlink(cause)) {
      throw new OutcomeUnknownException(
          "The cluster at " + rest.master() + " gave up job " + id + ": " + deepest(cause) + ".",
          "look at its TaskManagers; then run again.",
          cause);
    }
    throw BeamOptions.cause(cause);
  }

  /** What the job failed of, or null if the cluster doesn't say. */
  private @Nullable Throwable cause() {
    String bytes =
        rest.find("/jobs/" + id + "/execution-result")
            .map(r -> r.path("job-execution-result").path("failure-cause"))
            .map(cause -> cause.path("serialized-throwable").asText())
            .orElse("");
    if (bytes.isEmpty()) {
      return null;
    }
    try {
      ClassLoader loader = ClusterJob.class.getClassLoader();
      SerializedThrowable thrown =
          InstantiationUtil.deserializeObject(java.util.Base64.getDecoder().decode(bytes), loader);
      return FlinkEngine.thrown(thrown);
    } catch (IOException | ClassNotFoundException e) {
      return null;
    }
  }

  /** Ends a job that would only fail of the same again. */
  private void hopeless() {
    String thrown =
        rest.find("/jobs/" + id + "/exceptions?maxExceptions=1")
            .map(e -> e.path("exceptionHistory").path("entries").path(0).path("stacktrace"))
            .map(JsonNode::asText)
            .orElse("");
    Matcher known = FINAL.matcher(thrown);
    if (known.find()) {
      cancel();
      throw new HeadwaterException(
          HeadwaterException.Kind.valueOf(known.group(1)), known.group(2), known.group(3));
    }
  }

  /** Asks for its end, and does not wait for it. */
  void cancel() {
    try {
      rest.cancel(id);
    } catch (HeadwaterException e) {
      // Nothing can be done any more; the run stays open, and the next one finds the job.
    }
  }

  /** Whether the cluster failed, and not what ran there. */
  private static boolean isOfFlink(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause() == t ? null : t.getCause()) {
      for (StackTraceElement frame : t.getStackTrace()) {
        if (frame.getClassName().startsWith("org.apache.beam.")
            || frame.getClassName().startsWith("dev.headwater.")) {
          return false;
        }
      }
    }
    return true;
  }

  /** What a failure came from, in a line without its full stop. */
  static String deepest(@Nullable Throwable thrown) {
    String says = "it doesn't say why";
    for (Throwable t = thrown; t != null; t = t.getCause() == t ? null : t.getCause()) {
      says = String.valueOf(t.getMessage()).lines().findFirst().orElse(says);
    }
    return says.endsWith(".") ? says.substring(0, says.length() - 1) : says;
  }

  private OutcomeUnknownException lost() {
    return new OutcomeUnknownException(
        "The cluster at "
            + rest.master()
            + " has lost job "
            + id
            + ": its JobManager was restarted.",
        "run again: what the job has committed counts, the rest is done once more.",
        null);
  }

  static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OutcomeUnknownException("Interrupted.", "run again.", e);
    }
  }
}
