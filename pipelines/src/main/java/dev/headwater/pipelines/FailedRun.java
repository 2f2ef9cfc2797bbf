package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** The end of a run that failed. */
final class FailedRun {
  private FailedRun() {}

  /**
   * Closes it, unless something of it was committed: then it stays open, and the next one finishes
   * it. So it does if the database doesn't say.
   *
   * @param failure gets what goes wrong here too
   */
  static void close(
      Runs runs, Chronicle chronicle, Run run, BooleanSupplier committed, Throwable failure) {
    try {
      if (!committed.getAsBoolean()) {
        String error = String.valueOf(failure);
        chronicle.ended(runs.finish(run.id(), Run.Status.FAILED, List.of(), Map.of(), error));
      }
    } catch (RuntimeException unanswered) {
      failure.addSuppressed(unanswered);
    }
  }
}
