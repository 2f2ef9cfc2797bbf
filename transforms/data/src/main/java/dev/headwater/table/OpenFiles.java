package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import dev.headwater.parquet.DataFileWriter;
import dev.headwater.parquet.DataFileWriters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.OutputFile;
import org.jspecify.annotations.Nullable;

/**
 * The data files that one writer has begun and not ended, at most one for each partition. Row
 * groups end early, and files give way, so that all of them stay within the writer's budget.
 */
final class OpenFiles implements AutoCloseable {
  private static final int MOST = 100;

  /** A partition without a row among so many times the partitions that there are is over. */
  private static final long ROUNDS = 16;

  private final Table table;
  private final String folder;
  private final long targetBytes;
  private final WriteBudget budget;
  private final @Nullable PartitionKeys keys;
  private final DataFileWriters files;

  /** By partition, the longest unused one first. */
  private final LinkedHashMap<Integer, Open> open = new LinkedHashMap<>(16, 0.75f, true);

  private final BitSet refused = new BitSet();
  private final List<DataFile> done = new ArrayList<>();
  private SortOrder order = SortOrder.unsorted();
  private PlacedFile.@Nullable Listener listener;
  private long arrived;

  private static final class Open {
    final DataFileWriter file;
    long lastRow;

    Open(DataFileWriter file) {
      this.file = file;
    }
  }

  /**
   * None yet.
   *
   * @param folder where they come to lie, below the table's data
   * @param keys numbers the partitions; null in a table without partitions, which has number 0
   */
  OpenFiles(
      Table table,
      String folder,
      long targetBytes,
      WriteBudget budget,
      @Nullable PartitionKeys keys) {
    this.table = table;
    this.folder = folder;
    this.targetBytes = targetBytes;
    this.budget = budget;
    this.keys = keys;
    this.files = new DataFileWriters(table);
  }

  /** Says of the files that they are sorted: the rows come in this order. */
  void sorted(SortOrder by) {
    order = by;
  }

  /** Tells where rows come to lie; batches have one column more, the last, their places. */
  void placing(PlacedFile.Listener to) {
    listener = to;
  }

  /** So many rows more are about to be written, here or elsewhere. */
  void arrive(int rows) {
    arrived += rows;
  }

  boolean has(int partition) {
    return open.containsKey(partition);
  }

  /**
   * Whether a partition has an open file, or gets one: where there are too many, in the place of
   * one that seems to be over. Who was refused once stays so: its rows are elsewhere.
   *
   * @param partitions how many there are so far
   */
  boolean admit(int partition, int partitions) throws IOException {
    Open its = open.get(partition);
    if (its != null) {
      its.lastRow = arrived;
      return true;
    }
    if (refused.get(partition)) {
      return false;
    }
    if (open.size() >= most()) {
      Map.Entry<Integer, Open> oldest = open.entrySet().iterator().next();
      if (arrived - oldest.getValue().lastRow < ROUNDS * partitions) {
        refused.set(partition);
        return false;
      }
      end(oldest.getKey());
    }
    open(partition);
    return true;
  }

  private int most() {
    return (int) Math.max(1, Math.min(MOST, budget.bytes() / 2 / files.leastBytes()));
  }

  private Open open(int partition) throws IOException {
    String name = folder + "/" + UUID.randomUUID() + ".parquet";
    OutputFile output = table.io().newOutputFile(table.locationProvider().newDataLocation(name));
    StructLike values = keys == null ? null : keys.partition(partition);
    DataFileWriter file = files.begin(output, values, budget.bytes());
    Open begun =
        new Open(
            listener == null
                ? file
                : new PlacedFile(file, output.location(), table.schema(), listener));
    begun.lastRow = arrived;
    open.put(partition, begun);
    return begun;
  }

  /** Writes rows of one partition, into its open file or a new one. */
  void write(int partition, RowBatch batch) throws IOException {
    Open to = open.get(partition);
    if (to == null) {
      to = open(partition);
    }
    to.lastRow = arrived;
    to.file.write(batch);
    if (to.file.bytes() >= targetBytes) {
      end(partition);
    }
  }

  /** About how many bytes of memory their rows take. */
  long held() {
    long bytes = 0;
    for (Open each : open.values()) {
      bytes += each.file.memory();
    }
    return bytes;
  }

  /** Ends row groups, the largest first, where all together take more. */
  void shrink(long most) throws IOException {
    while (held() > most) {
      DataFileWriter largest = largest();
      if (largest.memory() == 0) {
        return;
      }
      largest.flush();
    }
  }

  private DataFileWriter largest() {
    DataFileWriter out = open.values().iterator().next().file;
    for (Open each : open.values()) {
      out = each.file.memory() > out.memory() ? each.file : out;
    }
    return out;
  }

  /** Ends a partition's file, if it has one. */
  void end(int partition) throws IOException {
    Open ended = open.get(partition);
    if (ended != null) {
      done.add(inOrder(ended.file.finish()));
      open.remove(partition);
    }
  }

  /** Ends all of them. */
  void endAll() throws IOException {
    for (Integer partition : List.copyOf(open.keySet())) {
      end(partition);
    }
  }

  /** An order that is not one of the table's has no name. */
  private DataFile inOrder(DataFile file) {
    return order.orderId() == 0
        ? file
        : DataFiles.builder(table.spec()).copy(file).withSortOrder(order).build();
  }

  /** Those that have ended, in the order of their ends. */
  List<DataFile> done() {
    return List.copyOf(done);
  }

  /** Leaves what is open unfinished. */
  @Override
  public void close() {
    open.values().forEach(each -> each.file.abandon());
    open.clear();
    files.close();
  }
}
