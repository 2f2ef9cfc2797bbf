package dev.headwater.table;

import java.io.Serializable;

/**
 * Equal stretches of time, each a shard; the first and the last reach on without end.
 *
 * @param origin where the first begins, in microseconds since 1970
 * @param width of each, in microseconds
 */
public record TimeBuckets(long origin, long width, int count) implements Serializable {
  public TimeBuckets {
    if (width <= 0 || count <= 0) {
      throw new IllegalArgumentException(count + " buckets of " + width + " microseconds");
    }
  }

  /**
   * At most so many buckets over a range, none narrower than {@code narrowest}; one where the range
   * is not known.
   */
  public static TimeBuckets over(TimeRange range, int count, long narrowest) {
    long span = range.bounded() ? range.max() - range.min() + 1 : 0;
    if (span <= 0) {
      return new TimeBuckets(0, Long.MAX_VALUE, 1);
    }
    int fitting = (int) Math.max(1, Math.min(count, span / Math.max(1, narrowest)));
    return new TimeBuckets(range.min(), (span + fitting - 1) / fitting, fitting);
  }

  /** The bucket of a time. */
  public int of(long time) {
    if (time <= origin) {
      return 0;
    }
    long past = time - origin;
    // A difference that overflowed is further than any bucket.
    return past < 0 ? count - 1 : (int) Math.min(count - 1L, past / width);
  }
}
