package dev.headwater.upsert;

import dev.headwater.sort.RunCursor;
import dev.headwater.sort.RunMerge;
import dev.headwater.sort.RunOrder;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.RunWriter;
import dev.headwater.sort.SortKey;
import dev.headwater.sort.SortedGather;
import dev.headwater.sort.Spill;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The incoming rows of one shard, one for each key.
 *
 * @param runs where they lie, in the order of their keys
 * @param filter the file of the filter of their keys
 * @param superseded rows that another one of the same key came after
 */
record ShardKeys(int shard, List<RunRef> runs, String filter, KeyBounds bounds, long superseded)
    implements Serializable {
  private static final long serialVersionUID = 1;

  /** What the filters of all shards may take together. */
  private static final long FILTER_BYTES = 128L << 20;

  ShardKeys {
    runs = new ArrayList<>(runs);
  }

  /** Of the rows of one key in these runs, keeps the last. */
  static ShardKeys of(UpsertSpec spec, int shard, Iterable<RunRef> runs) throws IOException {
    List<RunRef> all = new ArrayList<>();
    runs.forEach(all::add);
    long rows = all.stream().mapToLong(RunRef::rows).sum();
    KeyFilter filter = KeyFilter.of(rows, FILTER_BYTES / spec.shards());
    KeyBounds bounds = new KeyBounds(spec.table().schema(), spec.key());
    RunOrder byKey = RunOrder.by(UpsertSpec.KEY);
    try (RunCursor in = new RunCursor(RunMerge.open(spec.spill(), all, SpillUpsert.ORDER));
        RunWriter out = new RunWriter(spec.spill(), UpsertSpec.INCOMING)) {
      SortedGather kept =
          new SortedGather(
              batch -> {
                for (long hash : SortKey.hashes(batch.column(UpsertSpec.KEY))) {
                  filter.add(hash);
                }
                bounds.add(batch);
                out.write(shard, batch);
              });
      boolean more = in.next();
      while (more) {
        var batch = in.batch();
        int row = in.row();
        more = in.next();
        if (!more || byKey.compare(batch, row, in.batch(), in.row()) != 0) {
          kept.add(batch, row);
        }
      }
      kept.flush();
      return new ShardKeys(
          shard, out.finish(), write(spec.spill(), filter), bounds, rows - kept.rows());
    }
  }

  private static String write(Spill spill, KeyFilter filter) throws IOException {
    String path = spill.newFile();
    try (DataOutputStream out = new DataOutputStream(spill.create(path))) {
      filter.write(out);
    }
    return path;
  }

  KeyFilter filter(Spill spill) throws IOException {
    try (DataInputStream in = new DataInputStream(spill.open(filter, 0))) {
      return KeyFilter.read(in);
    }
  }
}
