package dev.headwater.train;

import java.io.Serializable;

/** Told about a training while it runs. Travels with the pipeline; quick, and never throws. */
@FunctionalInterface
public interface TrainProgress extends Serializable {
  TrainProgress SILENT = step -> {};

  void at(Step step);

  /**
   * Where the training is.
   *
   * @param phase what is done: sort, encode, baseline, train, evaluate
   */
  record Step(
      String phase,
      int epoch,
      long step,
      long steps,
      double rowsPerSecond,
      double loss,
      double secondsLeft)
      implements Serializable {}
}
