package dev.headwater.sketch;

import java.util.Arrays;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/** Distinct values in ascending order, each with how many rows are at most that. */
final class Ranked {
  private final long[] keys;
  private final long[] upTo;

  private Ranked(long[] keys, long[] upTo) {
    this.keys = keys;
    this.upTo = upTo;
  }

  static Ranked of(LongCounts counts) {
    long[] keys = counts.sortedKeys();
    long[] upTo = new long[keys.length];
    long n = 0;
    for (int i = 0; i < keys.length; i++) {
      n += counts.of(keys[i]);
      upTo[i] = n;
    }
    return new Ranked(keys, upTo);
  }

  int size() {
    return keys.length;
  }

  long key(int i) {
    return keys[i];
  }

  /** In how many rows the value is. */
  long count(int i) {
    return upTo[i] - (i == 0 ? 0 : upTo[i - 1]);
  }

  long rows() {
    return upTo.length == 0 ? 0 : upTo[upTo.length - 1];
  }

  /** The least value that this share of the rows is at most; null of no rows. */
  @Nullable Long at(double share) {
    if (keys.length == 0) {
      return null;
    }
    long rank = Math.max(1, (long) Math.ceil(share * rows()));
    int found = Arrays.binarySearch(upTo, rank);
    return keys[Math.min(keys.length - 1, found < 0 ? -found - 1 : found)];
  }

  /** The value of a row, the least one's place being 0, as a number. */
  double number(Type type, long row) {
    int found = Arrays.binarySearch(upTo, row + 1);
    return Keys.numbers(type, keys[found < 0 ? -found - 1 : found])[0];
  }

  /** How many rows are less than a number. */
  long below(Type type, double number) {
    int from = 0;
    int to = keys.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (Keys.numbers(type, keys[middle])[0] < number) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from == 0 ? 0 : upTo[from - 1];
  }

  /** How many rows are at most this value. */
  long rank(long key) {
    int found = Arrays.binarySearch(keys, key);
    int at = found < 0 ? -found - 2 : found;
    return at < 0 ? 0 : upTo[at];
  }
}
