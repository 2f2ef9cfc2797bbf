package dev.headwater.pipelines.project;

/**
 * How a model is trained; all of it has defaults.
 *
 * @param epochs at most: training ends when the holdout's loss has not fallen for two epochs
 * @param batch rows a step
 * @param rate the learning rate
 * @param decay AdamW's weight decay
 * @param device auto (a GPU where the engine sees one), cpu or gpu
 */
public record Training(long seed, int epochs, int batch, double rate, double decay, String device) {
  public static final Training DEFAULT = new Training(42, 4, 4096, 0.003, 0.1, "auto");
}
