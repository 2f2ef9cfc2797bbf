package dev.headwater.sketch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.datasketches.common.Family;
import org.apache.datasketches.memory.Memory;
import org.apache.datasketches.theta.CompactSketch;
import org.apache.datasketches.theta.SetOperation;
import org.apache.datasketches.theta.Sketch;
import org.apache.datasketches.theta.Union;
import org.apache.datasketches.theta.UpdateSketch;
import org.jspecify.annotations.Nullable;

/**
 * How many distinct values there are: a theta sketch of 4,096 hashes as Iceberg's {@code
 * apache-datasketches-theta-v1} wants it, fed with the values' bytes by Iceberg's single-value
 * serialization. Exact while there are fewer, then with a standard error of 1.6%.
 */
final class Distinct {
  /** What was updated since the last union; an Alpha sketch, as Iceberg's specification says. */
  private @Nullable UpdateSketch fresh;

  private @Nullable CompactSketch merged;

  void update(long value) {
    fresh().update(value);
  }

  void update(byte[] value) {
    update(value, 0, value.length);
  }

  void update(byte[] data, int from, int to) {
    if (from == to) {
      // The library ignores what has no bytes; other engines do, too.
      return;
    }
    // The same hash as of an array, and in half the time: the library reads arrays byte by byte.
    fresh().update(ByteBuffer.wrap(data, from, to - from));
  }

  private UpdateSketch fresh() {
    UpdateSketch now = fresh;
    if (now == null) {
      now = UpdateSketch.builder().setFamily(Family.ALPHA).build();
      fresh = now;
    }
    return now;
  }

  void merge(Distinct other) {
    merged = union(sketch(), other.sketch());
    fresh = null;
  }

  private CompactSketch sketch() {
    UpdateSketch now = fresh;
    CompactSketch before = merged;
    if (now == null) {
      return before == null ? UpdateSketch.builder().build().compact() : before;
    }
    return before == null ? now.compact() : union(before, now);
  }

  private static CompactSketch union(Sketch a, Sketch b) {
    Union union = SetOperation.builder().buildUnion();
    union.union(a);
    union.union(b);
    return union.getResult();
  }

  double estimate() {
    return sketch().getEstimate();
  }

  /** With 95% certainty there are at least so many. */
  double lower() {
    return sketch().getLowerBound(2);
  }

  /** With 95% certainty there are at most so many. */
  double upper() {
    return sketch().getUpperBound(2);
  }

  boolean exact() {
    return !sketch().isEstimationMode();
  }

  /** The content of Iceberg's blob. */
  byte[] toBytes() {
    return sketch().toByteArray();
  }

  static Distinct of(ByteBuffer blob) {
    byte[] bytes = new byte[blob.remaining()];
    blob.duplicate().get(bytes);
    Distinct out = new Distinct();
    out.merged = CompactSketch.heapify(Memory.wrap(bytes));
    return out;
  }

  void write(DataOutput out) throws IOException {
    Varints.write(out, toBytes());
  }

  static Distinct read(DataInput in) throws IOException {
    return of(ByteBuffer.wrap(Varints.readBytes(in)));
  }
}
