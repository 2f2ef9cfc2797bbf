package dev.headwater.train;

import dev.headwater.model.Hyperparameters;
import java.util.SplittableRandom;

/**
 * Which rows make which step, and at which rate: all of it from the seed, the epoch and the step.
 * Rows lie in a random order already; each epoch shuffles blocks of them.
 */
final class Schedule {
  private static final int BLOCK = 256;
  private static final double WARM_UP = 0.05;

  private final Hyperparameters how;
  private final int rows;
  private final int block;

  Schedule(Hyperparameters how, int rows) {
    this.how = how;
    this.rows = rows;
    this.block = Math.min(BLOCK, how.batch());
  }

  /** Steps an epoch. */
  long steps() {
    long blocks = (rows + block - 1L) / block;
    return (blocks + blocksAStep() - 1) / blocksAStep();
  }

  private int blocksAStep() {
    return how.batch() / block;
  }

  /** The first rows of all blocks, in the order of an epoch. */
  int[] blocks(int epoch) {
    int[] out = new int[(int) ((rows + block - 1L) / block)];
    SplittableRandom random = new SplittableRandom(ExampleRecord.mix(how.seed(), epoch));
    for (int i = 0; i < out.length; i++) {
      int j = random.nextInt(i + 1);
      out[i] = out[j];
      out[j] = i * block;
    }
    return out;
  }

  /** The blocks of one step, as (first row, rows) pairs. */
  int[][] step(int[] blocks, long step) {
    int from = Math.toIntExact(step * blocksAStep());
    int[][] out = new int[Math.min(blocksAStep(), blocks.length - from)][];
    for (int i = 0; i < out.length; i++) {
      int first = blocks[from + i];
      out[i] = new int[] {first, Math.min(block, rows - first)};
    }
    return out;
  }

  /** Rises at first, then falls as a cosine to zero at the end of the last epoch. */
  double rate(long update) {
    double done = (double) update / (steps() * how.epochs());
    double part =
        done < WARM_UP
            ? done / WARM_UP
            : 0.5 * (1 + StrictMath.cos(Math.PI * (done - WARM_UP) / (1 - WARM_UP)));
    return how.learningRate() * part;
  }

  /** The seed of whatever a network draws in a step (dropout). */
  int seed(int epoch, long step) {
    return (int) ExampleRecord.mix(ExampleRecord.mix(how.seed(), epoch), step);
  }
}
