package dev.headwater.train;

import dev.headwater.model.Tensor;
import java.util.Map;

/**
 * A training between two steps: all it needs to go on as if it had never stopped.
 *
 * @param arrays {@code w.} weights, {@code m.} and {@code v.} moments, {@code b.} the best weights
 */
record Checkpoint(State state, Map<String, Tensor> arrays) {
  /**
   * What is not an array.
   *
   * @param config SHA-256 of the specification (with its pinned snapshots) and the data's digest
   * @param epoch from 0
   * @param step within the epoch, the next one to do
   * @param best the least holdout loss so far, as Java writes a double in hexadecimal
   * @param worse epochs since then
   * @param rolledBack whether the one roll-back was used, and the rate is lower
   */
  record State(
      String config,
      int epoch,
      long step,
      long updates,
      String best,
      int worse,
      boolean rolledBack,
      int microBatch) {}
}
