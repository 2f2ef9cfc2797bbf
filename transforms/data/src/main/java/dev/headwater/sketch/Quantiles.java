package dev.headwater.sketch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * A KLL sketch (Karnin, Lang, Liberty: "Optimal quantile approximation in streams", 2016) of longs
 * with weights: level h holds values that stand for 2^h rows each; a level that is full is sorted
 * and every other value goes up. About {@code 3 K} values are kept, however many rows there were.
 *
 * <p>Its own generator, begun the same for every sketch, chooses which half goes up, so equal input
 * gives equal quantiles.
 */
final class Quantiles {
  /** How many values the highest level holds. */
  static final int K = 256;

  /**
   * How far the rank of a quantile may be off, as a share of the rows, in 99 of 100 sketches;
   * measured by {@code QuantilesTest}.
   */
  static final double ERROR = 0.0133;

  private static final int LEAST = 8;

  /** Rows are sampled, one of each block, where so many samples of the whole remain. */
  private static final int SAMPLES = 1 << 16;

  private long[][] levels = new long[1][K];
  private int[] sizes = new int[1];
  private int[] capacities = {K};
  private long rows;
  private long random = 0x9E3779B97F4A7C15L;

  long rows() {
    return rows;
  }

  /** One value of several rows. */
  void add(long key, long weight) {
    more(weight);
    split(key, weight);
  }

  private void split(long key, long weight) {
    for (long left = weight; left != 0; left &= left - 1) {
      push(Long.numberOfTrailingZeros(left), key);
    }
  }

  /** Values with their weights; a weight of 0 is no value. */
  void addAll(long[] keys, long[] weights, int n) {
    long total = 0;
    for (int i = 0; i < n; i++) {
      total += weights[i];
    }
    more(total);
    long unit = Long.highestOneBit(Math.max(1, rows / SAMPLES));
    if (unit == 1) {
      for (int i = 0; i < n; i++) {
        split(keys[i], weights[i]);
      }
      return;
    }
    long light = 0;
    for (int i = 0; i < n; i++) {
      long heavy = weights[i] & -unit;
      light += weights[i] - heavy;
      for (; heavy != 0; heavy &= heavy - 1) {
        push(Long.numberOfTrailingZeros(heavy), keys[i]);
      }
    }
    sample(keys, weights, n, unit, light);
  }

  /** Of each block of {@code unit} rows one value stands for all; the rest in smaller blocks. */
  private void sample(long[] keys, long[] weights, int n, long unit, long light) {
    long left = light;
    long block = Math.min(unit, Long.highestOneBit(left));
    long begin = 0;
    long point = block == 0 ? Long.MAX_VALUE : next(block);
    long seen = 0;
    for (int i = 0; i < n; i++) {
      seen += weights[i] & unit - 1;
      while (point < seen) {
        push(Long.numberOfTrailingZeros(block), keys[i]);
        begin += block;
        left -= block;
        block = Math.min(unit, Long.highestOneBit(left));
        point = block == 0 ? Long.MAX_VALUE : begin + next(block);
      }
    }
  }

  /** A number below a power of two. */
  private long next(long bound) {
    random ^= random << 13;
    random ^= random >>> 7;
    random ^= random << 17;
    return (random * 0xD6E8FEB86659FD93L >>> 20) & bound - 1;
  }

  void merge(Quantiles other) {
    more(other.rows);
    for (int h = 0; h < other.levels.length; h++) {
      for (int i = 0; i < other.sizes[h]; i++) {
        push(h, other.levels[h][i]);
      }
    }
  }

  private void push(int level, long key) {
    if (level >= levels.length) {
      int before = levels.length;
      levels = Arrays.copyOf(levels, level + 1);
      sizes = Arrays.copyOf(sizes, level + 1);
      for (int h = before; h <= level; h++) {
        levels[h] = new long[K];
      }
    }
    levels[level][sizes[level]++] = key;
    if (sizes[level] >= (level < capacities.length ? capacities[level] : K)) {
      compact(level);
    }
  }

  /**
   * There will be more rows: the highest level that they fill takes K values, each one below it two
   * thirds of that. A value of many rows may stand higher without making the others less.
   */
  private void more(long weight) {
    rows += weight;
    int filled = 65 - Long.numberOfLeadingZeros(rows / K);
    if (filled != capacities.length) {
      capacities = new int[filled];
      double capacity = K;
      for (int h = filled - 1; h >= 0; h--) {
        capacities[h] = Math.max(LEAST, (int) Math.ceil(capacity));
        capacity *= 2.0 / 3;
      }
    }
  }

  private void compact(int level) {
    long[] values = Arrays.copyOf(levels[level], sizes[level]);
    Arrays.sort(values);
    int first = (values.length & 1) == 1 ? (int) next(2) : 0;
    int last = first + (values.length & ~1);
    sizes[level] = values.length & 1;
    levels[level][0] = first == 1 ? values[0] : values[values.length - 1];
    for (int i = first + (int) next(2); i < last; i += 2) {
      push(level + 1, values[i]);
    }
  }

  /** The values in ascending order, with how many rows are at most each. */
  Ranked ranked() {
    LongCounts weights = new LongCounts();
    for (int h = 0; h < levels.length; h++) {
      for (int i = 0; i < sizes[h]; i++) {
        weights.add(levels[h][i], 1L << h);
      }
    }
    return Ranked.of(weights);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(rows);
    out.writeLong(random);
    Varints.write(out, levels.length);
    for (int h = 0; h < levels.length; h++) {
      long[] values = Arrays.copyOf(levels[h], sizes[h]);
      Arrays.sort(values);
      Varints.writeAscending(out, values);
    }
  }

  static Quantiles read(DataInput in) throws IOException {
    Quantiles out = new Quantiles();
    out.more(in.readLong());
    out.random = in.readLong();
    int levels = (int) Varints.read(in);
    out.levels = new long[levels][];
    out.sizes = new int[levels];
    for (int h = 0; h < levels; h++) {
      long[] values = Varints.readAscending(in);
      out.sizes[h] = values.length;
      out.levels[h] = Arrays.copyOf(values, Math.max(K, values.length));
    }
    return out;
  }
}
