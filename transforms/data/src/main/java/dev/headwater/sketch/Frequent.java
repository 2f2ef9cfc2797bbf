package dev.headwater.sketch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The most frequent values by Misra and Gries, merged as Agarwal et al. ("Mergeable summaries",
 * 2012) do: where more than {@value #MOST} values are left, the count of the next one is taken off
 * all. A value's true count lies between the one that is kept and that plus {@link #error}, and the
 * error is at most {@code rows / (MOST + 1)}.
 */
final class Frequent {
  static final int MOST = 512;

  private Counts kept;
  private long error;

  Frequent(Counts none) {
    this.kept = none;
  }

  Counts kept() {
    return kept;
  }

  /** How many rows a value may have more than its count says; what isn't kept has at most these. */
  long error() {
    return error;
  }

  /** Takes in counts, which are used up. */
  void merge(Counts counts) {
    counts.addAll(kept);
    long least = 0;
    if (counts.size() > MOST) {
      long enough = 1;
      while (counts.moreThan(enough) > MOST) {
        least = enough;
        enough *= 2;
      }
      while (least + 1 < enough) {
        long middle = (least + enough) >>> 1;
        if (counts.moreThan(middle) > MOST) {
          least = middle;
        } else {
          enough = middle;
        }
      }
      least = enough;
    }
    kept = counts.above(least);
    error += least;
  }

  void merge(Frequent other) {
    merge(other.kept.above(0));
    error += other.error;
  }

  void write(DataOutput out) throws IOException {
    Varints.write(out, error);
    CountsBytes.write(out, kept);
  }

  static Frequent read(DataInput in, boolean longs) throws IOException {
    long error = Varints.read(in);
    Frequent out = new Frequent(CountsBytes.read(in, longs));
    out.error = error;
    return out;
  }
}
