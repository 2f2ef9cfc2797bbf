package dev.headwater.pipelines;

import dev.headwater.pipelines.project.Target;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a target's stage ended: one line of the report.
 *
 * @param rows read, or -1 where rows say nothing
 * @param note what came out, in a few words: "2,999,871 kept, 129 letters"; why, for fresh ones
 * @param made where it is: "snapshot 5822…41", "late@1 -> champion"; may be empty
 * @param facts the same for programs (metrics, counts, snapshot ids); values that JSON has
 * @param failure what failed it, or null
 */
public record StageResult(
    Target target,
    Status status,
    long rows,
    String note,
    double seconds,
    String made,
    Map<String, Object> facts,
    @Nullable Throwable failure) {
  /** How it ended. */
  public enum Status {
    DONE,
    /** Nothing had changed. */
    FRESH,
    FAILED,
    /** At work on a cluster, and not waited for. */
    SENT,
    /** Something that it needs failed, or is not there yet. */
    SKIPPED
  }

  public StageResult {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
  }

  public static StageResult done(
      Target target,
      long rows,
      String note,
      double seconds,
      String made,
      Map<String, Object> facts) {
    return new StageResult(target, Status.DONE, rows, note, seconds, made, facts, null);
  }

  /** The same, with more to be said of it; empty: nothing. */
  StageResult noting(String more) {
    return more.isEmpty() || status != Status.DONE
        ? this
        : new StageResult(target, status, rows, note + ", " + more, seconds, made, facts, failure);
  }

  public static StageResult fresh(Target target, String note, String made) {
    return new StageResult(target, Status.FRESH, -1, note, 0, made, Map.of(), null);
  }

  public static StageResult sent(Target target, double seconds, String where) {
    return new StageResult(target, Status.SENT, -1, where, seconds, "", Map.of(), null);
  }

  public static StageResult failed(Target target, double seconds, Throwable failure) {
    return new StageResult(target, Status.FAILED, -1, "", seconds, "", Map.of(), failure);
  }

  /** Not tried, since something that it needs failed. */
  public static StageResult skipped(Target target, Target needed) {
    return new StageResult(
        target, Status.SKIPPED, -1, "needs " + needed.name(), 0, "", Map.of(), null);
  }

  /** Not tried, since what it reads is not ready. */
  public static StageResult waits(Target target, String why) {
    return new StageResult(target, Status.SKIPPED, -1, why, 0, "", Map.of(), null);
  }

  /** Whether what it was to make is there, for who needs it. */
  boolean isGood() {
    return status == Status.DONE || status == Status.FRESH;
  }

  /** "5822…41": enough of a snapshot's id to tell it from its neighbours. */
  public static String brief(long snapshotId) {
    String text = Long.toString(snapshotId);
    return text.length() <= 8
        ? text
        : text.substring(0, 4) + "…" + text.substring(text.length() - 2);
  }
}
