package dev.headwater.compact;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.iceberg.DataFile;

/**
 * What one worker did for one group.
 *
 * @param group its place in the plan
 * @param files written, not yet committed
 * @param in rows read
 * @param out rows written
 */
record Rewritten(int group, List<DataFile> files, long in, long out) implements Serializable {
  Rewritten {
    files = new ArrayList<>(files);
  }

  static Coder<Rewritten> coder() {
    return SerializableCoder.of(Rewritten.class);
  }
}
