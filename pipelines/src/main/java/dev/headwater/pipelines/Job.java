package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.Target;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One stage for one target. What it does follows from its declaration and from the inputs that its
 * run has pinned, never from what happens to be current, so that a run can be adopted and finished.
 */
interface Job {
  Target target();

  /** The stage's semantic version: raised only when its output changes. */
  String version();

  /** What is declared, as canonical JSON with every default filled in. */
  String declaration();

  /** What else a run's record says of how it was declared, without being a reason to run. */
  default Map<String, String> parameters() {
    return Map.of();
  }

  /** Why it must run besides what everything must run for; few words each. */
  default List<String> reasons(Run last) {
    return List.of();
  }

  /** Why there is nothing that it could read yet, in a few words; empty if there is. */
  default Optional<String> waits() {
    return Optional.empty();
  }

  /** The exact versions that a run beginning now would read. */
  List<Edge> inputs();

  /** What an earlier run had made before it was killed; empty if it had not come so far. */
  Optional<Made> find(Run run);

  /** Why what a finished run made no longer stands ("its table is gone"); empty if it does. */
  Optional<String> lost(Run run);

  /**
   * Does the work of a run.
   *
   * @param watch told how far it is
   */
  Made make(Run run, Watch watch);

  /** Who is told how far a job is. */
  @FunctionalInterface
  interface Watch {
    /**
     * Told from time to time while the job works.
     *
     * @param rows done so far
     * @param total of how many, or -1
     * @param doing a few words where the stage has several steps; may be empty
     */
    void at(long rows, long total, String doing);
  }
}
