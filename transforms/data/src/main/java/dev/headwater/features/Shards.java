package dev.headwater.features;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.BytesInterner;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.table.TimeBuckets;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Where rows meet: by their key's hash, or, for a view without a key, by time, where an event also
 * goes to the later buckets that look back at it.
 *
 * @param buckets Java's null for a view with a key
 */
record Shards(int count, @Nullable TimeBuckets buckets, long longest) implements Serializable {
  static Shards byKey(int count) {
    return new Shards(count, null, 0);
  }

  static Shards byTime(TimeBuckets buckets, long longest) {
    return new Shards(buckets.count(), buckets, longest);
  }

  /** The shard of each point. */
  int[] ofPoints(DictionaryColumn keys, long[] times) {
    return buckets == null ? ofKeys(keys) : of(buckets, times, 0);
  }

  /** The first shard of each event. */
  int[] firstOfEvents(DictionaryColumn keys, long[] known) {
    return buckets == null ? ofKeys(keys) : of(buckets, known, 1);
  }

  /** The last shard of each event. */
  int[] lastOfEvents(DictionaryColumn keys, long[] known) {
    return buckets == null ? ofKeys(keys) : of(buckets, known, longest);
  }

  private static int[] of(TimeBuckets buckets, long[] times, long later) {
    int[] out = new int[times.length];
    for (int i = 0; i < out.length; i++) {
      long time = times[i] + later;
      out[i] = buckets.of(time < times[i] ? Long.MAX_VALUE : time);
    }
    return out;
  }

  private int[] ofKeys(DictionaryColumn keys) {
    BytesColumn distinct = keys.dictionary();
    int[] shards = new int[distinct.size()];
    for (int i = 0; i < shards.length; i++) {
      int hash =
          BytesInterner.hash(distinct.data(), distinct.offsets()[i], distinct.offsets()[i + 1]);
      shards[i] = Math.floorMod(hash, count);
    }
    int[] out = new int[keys.size()];
    for (int row = 0; row < out.length; row++) {
      out[row] = shards[keys.codes()[row]];
    }
    return out;
  }
}
