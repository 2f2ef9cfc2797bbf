package dev.headwater.pipelines;

import dev.headwater.pipelines.project.Target;
import org.jspecify.annotations.Nullable;

/**
 * Maintenance of a target's table, as a step of a plan or of a run.
 *
 * @param table its name: the target's, or its dead letters'
 * @param step its one word: "compact"
 * @param text why it is due; once it is done, what came of it
 * @param seconds how long it took
 * @param failure what failed it, or null
 */
public record UpkeepStep(
    Target target,
    String table,
    String step,
    String text,
    double seconds,
    @Nullable Throwable failure) {
  boolean failed() {
    return failure != null;
  }
}
