package dev.headwater.upsert;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.sort.RunCursor;
import dev.headwater.sort.RunMerge;
import dev.headwater.sort.RunOrder;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.sort.SpillWriter;
import dev.headwater.table.PositionDeletes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.deletes.BaseDVFileWriter;
import org.apache.iceberg.deletes.DeleteGranularity;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteWriter;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.ContentFileUtil;
import org.apache.iceberg.util.PartitionMap;

/**
 * Rows of data files that go, into Iceberg's delete files: a deletion vector for each data file in
 * a table of format version 3, in one file; before that position deletes, a file for each partition
 * or each data file as {@code write.delete.granularity} says. One thread; the rows wait on disk.
 */
final class DropRows implements AutoCloseable {
  /** A data file that may lose rows, and what deletes rows of it already. */
  record Target(DataFile file, List<DeleteFile> deletes) {}

  private static final Schema ROWS =
      new Schema(
          Types.NestedField.required(1, "__file", Types.LongType.get()),
          Types.NestedField.required(2, "__row", Types.LongType.get()));
  private static final RunOrder ORDER = RunOrder.by(0, 1);
  private static final int PIECE = 1 << 13;
  private static final long BUFFER_BYTES = 8L << 20;

  private final Table table;
  private final String folder;
  private final Spill spill;
  private final List<Target> targets;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final int[] groups;
  private final SpillWriter runs;
  private final boolean[] hit;
  private final long[] files = new long[PIECE];
  private final long[] rows = new long[PIECE];
  private int size;
  private long dropped;

  /**
   * Rows of these files.
   *
   * @param folder of the table's data, where to write
   * @param targets by path, in the order of the paths
   */
  DropRows(Table table, String folder, Spill spill, SortedMap<String, Target> targets) {
    this.table = table;
    this.folder = folder;
    this.spill = spill;
    this.targets = List.copyOf(targets.values());
    targets.keySet().forEach(path -> numbers.put(path, numbers.size()));
    this.groups = groups(table, this.targets);
    this.hit = new boolean[this.targets.size()];
    this.runs = new SpillWriter(spill, 0, ORDER, BUFFER_BYTES, UnaryOperator.identity());
  }

  /**
   * Looks whether rows of a table can go at all.
   *
   * @param doing what cannot be done where they can't
   * @throws HeadwaterException USAGE if its format version is 1
   */
  static void check(Table table, String doing) {
    if (TableUtil.formatVersion(table) < 2) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Cannot " + doing + ": its format version 1 has no deletes.",
          "set the table's property format-version to 2 or 3.");
    }
  }

  private static int[] groups(Table table, List<Target> targets) {
    int[] out = new int[targets.size()];
    String granularity =
        table
            .properties()
            .getOrDefault(
                TableProperties.DELETE_GRANULARITY, TableProperties.DELETE_GRANULARITY_DEFAULT);
    boolean each = DeleteGranularity.fromString(granularity) == DeleteGranularity.FILE;
    PartitionMap<Integer> known = PartitionMap.create(table.specs());
    for (int i = 0; i < out.length; i++) {
      DataFile file = targets.get(i).file();
      int next = i;
      out[i] = each ? i : known.computeIfAbsent(file.specId(), file.partition(), () -> next);
    }
    return out;
  }

  /** A row of one of the files goes; called once a row. */
  void add(String path, long row) {
    Integer number = numbers.get(path);
    if (number == null) {
      throw new IllegalStateException("a row of " + path + " goes, but nobody looked at it");
    }
    hit[number] = true;
    files[size] = number;
    rows[size++] = row;
    dropped++;
    if (size == PIECE) {
      flush();
    }
  }

  private void flush() {
    int[] shards = Arrays.stream(files, 0, size).mapToInt(file -> groups[(int) file]).toArray();
    runs.accept(
        RowBatch.of(
            ROWS,
            size,
            LongColumn.of(Arrays.copyOf(files, size)),
            LongColumn.of(Arrays.copyOf(rows, size))),
        shards);
    size = 0;
  }

  /** How many rows go. */
  long dropped() {
    return dropped;
  }

  /** The files that lose rows. */
  List<Target> losing() {
    List<Target> out = new ArrayList<>();
    for (int i = 0; i < hit.length; i++) {
      if (hit[i]) {
        out.add(targets.get(i));
      }
    }
    return out;
  }

  /** Delete files that say nothing any more beside those of {@link #finish}. */
  List<DeleteFile> replaced() {
    return vectors()
        ? losing().stream()
            .flatMap(target -> target.deletes().stream())
            .filter(ContentFileUtil::isFileScoped)
            .toList()
        : List.of();
  }

  private boolean vectors() {
    return TableUtil.formatVersion(table) >= 3;
  }

  /** The finished delete files. */
  List<DeleteFile> finish() throws IOException {
    flush();
    Map<Integer, List<RunRef>> byGroup = new TreeMap<>();
    runs.finish()
        .forEach(run -> byGroup.computeIfAbsent(run.shard(), s -> new ArrayList<>()).add(run));
    if (byGroup.isEmpty()) {
      return List.of();
    }
    if (vectors()) {
      return vectors(byGroup);
    }
    List<DeleteFile> out = new ArrayList<>();
    for (Map.Entry<Integer, List<RunRef>> group : byGroup.entrySet()) {
      out.add(positions(targets.get(group.getKey()).file(), group.getValue()));
    }
    return out;
  }

  private List<DeleteFile> vectors(Map<Integer, List<RunRef>> byGroup) throws IOException {
    PositionDeletes before = new PositionDeletes(table.io());
    BaseDVFileWriter writer = new BaseDVFileWriter(() -> newFile("puffin"), path -> null);
    try (writer) {
      for (Target target : losing()) {
        DataFile file = target.file();
        String path = file.location();
        PartitionSpec spec = spec(file);
        for (DeleteFile delete : target.deletes()) {
          before.read(delete, path, row -> writer.delete(path, row, spec, file.partition()));
        }
      }
      for (List<RunRef> group : byGroup.values()) {
        each(
            group,
            (file, row) -> writer.delete(file.location(), row, spec(file), file.partition()));
      }
    }
    return writer.result().deleteFiles();
  }

  private DeleteFile positions(DataFile first, List<RunRef> group) throws IOException {
    PositionDeleteWriter<Void> writer =
        Parquet.writeDeletes(newFile("parquet"))
            .metricsConfig(MetricsConfig.forPositionDelete())
            .withSpec(spec(first))
            .withPartition(first.partition())
            .buildPositionWriter();
    PositionDelete<Void> one = PositionDelete.create();
    try (writer) {
      each(group, (file, row) -> writer.write(one.set(file.location(), row)));
    }
    return writer.toDeleteFile();
  }

  private interface Each {
    void accept(DataFile file, long row);
  }

  private void each(List<RunRef> group, Each to) {
    try (RunCursor cursor = new RunCursor(RunMerge.open(spill, group, ORDER))) {
      while (cursor.next()) {
        RowBatch batch = cursor.batch();
        long file = ((LongColumn) batch.column(0)).values()[cursor.row()];
        to.accept(
            targets.get((int) file).file(), ((LongColumn) batch.column(1)).values()[cursor.row()]);
      }
    }
  }

  private PartitionSpec spec(DataFile file) {
    return Objects.requireNonNull(table.specs().get(file.specId()));
  }

  private OutputFile newFile(String suffix) {
    String name = folder + "/" + UUID.randomUUID() + "-deletes." + suffix;
    return table.io().newOutputFile(table.locationProvider().newDataLocation(name));
  }

  @Override
  public void close() {
    runs.close();
  }
}
