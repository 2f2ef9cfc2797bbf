package dev.headwater.sort;

import static org.apache.beam.sdk.values.TypeDescriptors.integers;

import java.util.Arrays;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Runs brought together by shard, under keys that each stand for one. Bounded.
 *
 * <p>Runners deal keys out by a hash of their bytes. Of the numbers 0 to 7 Flink's gives six to one
 * of two workers, so shards have others, which any number of workers up to eight gets as many of,
 * and many larger ones.
 */
public final class MeetRuns
    extends PTransform<PCollection<RunRef>, PCollection<KV<Integer, Iterable<RunRef>>>> {
  private static final long serialVersionUID = 1;

  /** Divisible by 1 to 8, 10, 12, 14, 15, 16, 20, 24, 30. */
  private static final int WORKERS = 1_680;

  private static final int[] KEYS = keys();
  private static final int LARGEST = Arrays.stream(KEYS).max().orElseThrow();

  @Override
  public PCollection<KV<Integer, Iterable<RunRef>>> expand(PCollection<RunRef> runs) {
    return runs.apply(
            "ByShard",
            WithKeys.<Integer, RunRef>of(run -> key(run.shard())).withKeyType(integers()))
        .setCoder(KvCoder.of(VarIntCoder.of(), RunRef.coder()))
        .apply("Meet", GroupByKey.create());
  }

  /**
   * Each shard's own; of those beyond {@value #WORKERS} there are enough to be dealt out evenly.
   */
  static int key(int shard) {
    return shard < WORKERS ? KEYS[shard] : LARGEST + shard;
  }

  /** For each number the smallest one that Flink deals as if this were its hash. */
  private static int[] keys() {
    int[] keys = new int[WORKERS];
    Arrays.fill(keys, -1);
    int found = 0;
    for (int key = 0; found < WORKERS; key++) {
      int place = hash(key) % WORKERS;
      if (keys[place] < 0) {
        keys[place] = key;
        found++;
      }
    }
    return keys;
  }

  /** Of a key's bytes, as Flink mixes it; not negative. */
  private static int hash(int key) {
    int h = 1;
    int rest = key;
    for (; rest > 0x7f; rest >>>= 7) {
      h = 31 * h + (byte) (rest | 0x80);
    }
    h = 31 * h + rest;
    h *= 0xcc9e2d51;
    h = Integer.rotateLeft(h, 15) * 0x1b873593;
    h = Integer.rotateLeft(h, 13) * 5 + 0xe6546b64;
    h ^= 4;
    h = (h ^ h >>> 16) * 0x85ebca6b;
    h = (h ^ h >>> 13) * 0xc2b2ae35;
    h ^= h >>> 16;
    return h == Integer.MIN_VALUE ? 0 : Math.abs(h);
  }
}
