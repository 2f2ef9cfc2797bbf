package dev.headwater.model;

import java.io.Serializable;

/**
 * How a network is trained.
 *
 * @param batch rows a step
 * @param epochs at most; fewer when the holdout's loss has stopped falling
 * @param patience so many epochs without a better holdout end the training; the best epoch's
 *     weights are kept
 * @param weightDecay AdamW's, on weight matrices only
 * @param device {@code auto} (a GPU if the engine sees one), {@code cpu}, {@code gpu} or {@code
 *     gpu:1}
 */
public record Hyperparameters(
    long seed,
    int batch,
    int epochs,
    int patience,
    double learningRate,
    double weightDecay,
    String device)
    implements Serializable {
  public static final Hyperparameters DEFAULT =
      new Hyperparameters(42, 4096, 4, 2, 0.003, 0.1, "auto");

  public Hyperparameters {
    if (batch < 1 || epochs < 1 || patience < 1 || !(learningRate > 0) || !(weightDecay >= 0)) {
      throw new IllegalArgumentException(
          "batch, epochs, patience and learning rate are above 0, weight decay is not below it");
    }
  }
}
