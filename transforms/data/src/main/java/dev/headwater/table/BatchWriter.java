package dev.headwater.table;

import static org.apache.iceberg.TableProperties.WRITE_TARGET_FILE_SIZE_BYTES;
import static org.apache.iceberg.TableProperties.WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT;

import dev.headwater.columns.RowBatch;
import dev.headwater.parquet.DataFileWriter;
import dev.headwater.parquet.DataFileWriters;
import dev.headwater.sketch.SketchBuilder;
import dev.headwater.sketch.TableSketch;
import dev.headwater.sort.RunReader;
import dev.headwater.sort.RunRef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.PropertyUtil;
import org.jspecify.annotations.Nullable;

/**
 * Batches into a table's data files: partitioned as the table's spec says, a new file at {@code
 * write.target-file-size-bytes}. In each partition rows keep their order. Memory is bounded
 * whatever the rows, the columns and the partitions: {@code headwater.write.memory-bytes}, or less
 * in a small heap. One thread.
 *
 * <p>Files are named {@code data/<sink>/<run>/<uuid>.parquet} and never reused. What {@link
 * #finish} returned may be committed; without it everything written is an orphan.
 *
 * <p>At most {@value #OPEN_FILES} files are open (fewer for wide tables). A further partition takes
 * the place of one that seems to be over; where there is none, its rows are spilled to the worker's
 * disk and get their file at the end. So there is a file or few for each partition, in whatever
 * order rows come.
 */
public final class BatchWriter implements BatchSink<DataFile> {
  static final int OPEN_FILES = 100;

  /** The table's property: bytes for the rows of one writer, at most. */
  public static final String MEMORY = WriteBudget.PROPERTY;

  /** A partition without a row among so many times the partitions that there are is over. */
  private static final long ROUNDS = 16;

  private final Table table;
  private final String folder;
  private final long targetBytes;
  private final WriteBudget budget;
  private final DataFileWriters files;
  private final TableColumns columns;
  private final @Nullable PartitionKeys keys;

  /** Open files by partition, the longest unused one first. */
  private final LinkedHashMap<Integer, Open> open = new LinkedHashMap<>(16, 0.75f, true);

  private final BitSet spilled = new BitSet();
  private @Nullable SpilledRows spill;
  private @Nullable PartitionRuns meeting;
  private boolean allMeet;
  private boolean clustered;
  private final List<DataFile> done = new ArrayList<>();
  private SortOrder order = SortOrder.unsorted();
  private boolean sorting;
  private @Nullable OrderedRows ordered;
  private @Nullable SketchBuilder sketches;
  private PlacedFile.@Nullable Listener listener;
  private long rows;
  private long arrived;

  private static final class Open {
    final DataFileWriter file;
    long lastRow;

    Open(DataFileWriter file) {
      this.file = file;
    }
  }

  private BatchWriter(Table table, String folder, long targetBytes) {
    this.table = table;
    this.folder = folder;
    this.targetBytes = targetBytes;
    this.budget = new WriteBudget(table.properties());
    this.files = new DataFileWriters(table);
    this.columns = new TableColumns(table.schema());
    this.keys =
        table.spec().isUnpartitioned() ? null : new PartitionKeys(table.schema(), table.spec());
  }

  /**
   * Nothing is written before the first batch.
   *
   * @param table the table, or a serializable copy of it; batches have its schema's columns, found
   *     by name, of its types; optional ones may be missing
   */
  public static BatchWriter open(Table table, String sink, String run) {
    return open(table, sink, run, targetBytes(table));
  }

  /** As {@link #open(Table, String, String)}, with files of about so many bytes. */
  public static BatchWriter open(Table table, String sink, String run, long targetBytes) {
    for (String part : List.of(sink, run)) {
      if (part.isEmpty() || part.startsWith(".") || part.contains("/") || part.contains("\\")) {
        throw new IllegalArgumentException("'" + part + "' cannot be a folder of data files");
      }
    }
    return new BatchWriter(table, sink + "/" + run, targetBytes);
  }

  private static long targetBytes(Table table) {
    return PropertyUtil.propertyAsLong(
        table.properties(), WRITE_TARGET_FILE_SIZE_BYTES, WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT);
  }

  @Override
  public void accept(RowBatch batch) throws IOException {
    if (batch.size() == 0) {
      return;
    }
    budget.begin();
    RowBatch fitted = listener == null ? columns.fit(batch) : placed(batch);
    rows += fitted.size();
    if (sketches != null) {
      sketches.add(fitted);
    }
    if (sorting && !allMeet) {
      if (ordered == null) {
        ordered = new OrderedRows(table, budget.bytes() / 8);
      }
      ordered.accept(fitted);
    } else {
      place(fitted);
    }
  }

  private void place(RowBatch batch) throws IOException {
    arrived += batch.size();
    if (keys == null) {
      write(0, batch);
    } else {
      fanOut(keys, batch);
    }
    shrink();
  }

  /** Row groups end early where all open files together take too much. */
  private void shrink() throws IOException {
    long most = spill == null && meeting == null ? budget.bytes() : budget.bytes() / 2;
    while (held() > most) {
      DataFileWriter largest = largest();
      if (largest.memory() == 0) {
        return;
      }
      largest.flush();
    }
  }

  /** Rows accepted so far. */
  public long rows() {
    return rows;
  }

  /**
   * Sorts the rows by the table's order, if it has one: each file holds a part of the sorted rows,
   * and says so. Rows lie on the worker's disk until all have come.
   */
  public BatchWriter sorting() {
    sorting = table.sortOrder().isSorted();
    return sorted(table.sortOrder());
  }

  /**
   * Leaves rows that another writer has to write, with all of their partition, as runs: see {@link
   * #runs}. Null: none.
   */
  public BatchWriter distributing(@Nullable Distribution how) {
    if (how != null && keys != null) {
      meeting = new PartitionRuns(table, how, budget.bytes() / 8);
      allMeet = how.all();
    }
    return this;
  }

  /** The runs of rows that are not in its files; called once, after {@link #finish}. */
  public List<RunRef> runs() {
    return meeting == null ? List.of() : meeting.finish();
  }

  /** The rows in its files; called after {@link #finish}. */
  public long written() {
    return meeting == null ? rows : rows - meeting.rows();
  }

  /** Each partition's rows come together: its file ends with them. */
  BatchWriter clustered() {
    clustered = true;
    return this;
  }

  /** Says of its files that they are sorted: the rows come in this order. */
  public BatchWriter sorted(SortOrder by) {
    order = by;
    return this;
  }

  /** Also takes the sketch of the rows, as the table's properties want it. */
  public BatchWriter sketching() {
    sketches = SketchBuilder.of(table.schema(), table.properties());
    return this;
  }

  /**
   * What the columns of the accepted rows hold. Called once, after {@link #finish}.
   *
   * @throws IllegalStateException without {@link #sketching} before the first batch
   */
  public TableSketch sketch() {
    if (sketches == null) {
      throw new IllegalStateException("this writer takes no sketch");
    }
    return sketches.build();
  }

  /** Batches have one column more, the last: each row's place, told with where it lies. */
  public BatchWriter placing(PlacedFile.Listener to) {
    listener = to;
    return this;
  }

  private RowBatch placed(RowBatch batch) {
    List<Types.NestedField> fields = batch.schema().columns();
    int last = fields.size() - 1;
    RowBatch own =
        RowBatch.of(
            new Schema(fields.subList(0, last)), batch.size(), batch.columns().subList(0, last));
    return columns.fit(own).with(fields.get(last), batch.column(last));
  }

  private void fanOut(PartitionKeys by, RowBatch batch) throws IOException {
    int[] numbers = by.of(batch);
    Map<Integer, Rows> parts = new LinkedHashMap<>();
    Rows waiting = new Rows();
    Rows of = waiting;
    for (int row = 0; row < numbers.length; row++) {
      if (row == 0 || numbers[row] != numbers[row - 1]) {
        Rows known = parts.get(numbers[row]);
        of = known != null ? known : admit(numbers[row], by.count()) ? new Rows() : waiting;
        parts.put(numbers[row], of);
      }
      of.add(row);
    }
    if (waiting.size > 0) {
      parts.values().removeIf(rowsOfIt -> rowsOfIt == waiting);
      int[] positions = waiting.positions();
      spill(batch.gather(positions), Arrays.stream(positions).map(row -> numbers[row]).toArray());
    }
    for (Map.Entry<Integer, Rows> part : parts.entrySet()) {
      if (clustered && !open.containsKey(part.getKey())) {
        endAll();
      }
      boolean all = part.getValue().size == batch.size();
      write(part.getKey(), all ? batch : batch.gather(part.getValue().positions()));
    }
  }

  /** The positions of some of a batch's rows. */
  private static final class Rows {
    private int[] positions = new int[16];
    private int size;

    void add(int row) {
      if (size == positions.length) {
        positions = Arrays.copyOf(positions, 2 * size);
      }
      positions[size++] = row;
    }

    int[] positions() {
      return Arrays.copyOf(positions, size);
    }
  }

  /** Whether a partition has an open file, or gets one. */
  private boolean admit(int partition, int partitions) throws IOException {
    if (clustered || allMeet) {
      return clustered;
    }
    Open its = open.get(partition);
    if (its != null) {
      its.lastRow = arrived;
      return true;
    }
    if (spilled.get(partition)) {
      return false;
    }
    if (open.size() >= openFiles()) {
      Map.Entry<Integer, Open> oldest = open.entrySet().iterator().next();
      if (arrived - oldest.getValue().lastRow < ROUNDS * partitions) {
        spilled.set(partition);
        return false;
      }
      end(oldest.getKey());
    }
    open(partition);
    return true;
  }

  private int openFiles() {
    return (int) Math.max(1, Math.min(OPEN_FILES, budget.bytes() / 2 / files.leastBytes()));
  }

  private void spill(RowBatch batch, int[] numbers) {
    if (meeting != null) {
      meeting.accept(batch, numbers);
      return;
    }
    SpilledRows to = spill;
    if (to == null) {
      to = new SpilledRows(table, budget.bytes() / 8);
      spill = to;
    }
    to.accept(batch, numbers);
  }

  private Open open(int partition) throws IOException {
    Open file = new Open(newFile(partition));
    file.lastRow = arrived;
    open.put(partition, file);
    return file;
  }

  private void write(int partition, RowBatch batch) throws IOException {
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

  private DataFileWriter newFile(int partition) throws IOException {
    String name = folder + "/" + UUID.randomUUID() + ".parquet";
    OutputFile output = table.io().newOutputFile(table.locationProvider().newDataLocation(name));
    StructLike values = keys == null ? null : keys.partition(partition);
    DataFileWriter file = files.begin(output, values, budget.bytes());
    return listener == null
        ? file
        : new PlacedFile(file, output.location(), table.schema(), listener);
  }

  private void endAll() throws IOException {
    for (Integer partition : List.copyOf(open.keySet())) {
      end(partition);
    }
  }

  private void end(int partition) throws IOException {
    Open ended = open.get(partition);
    if (ended != null) {
      done.add(inOrder(ended.file.finish()));
      open.remove(partition);
    }
  }

  /** An order that is not one of the table's has no name. */
  private DataFile inOrder(DataFile file) {
    return order.orderId() == 0
        ? file
        : DataFiles.builder(table.spec()).copy(file).withSortOrder(order).build();
  }

  /** About how many bytes of memory the rows of open files take. */
  long held() {
    long bytes = 0;
    for (Open each : open.values()) {
      bytes += each.file.memory();
    }
    return bytes;
  }

  private DataFileWriter largest() {
    DataFileWriter out = open.values().iterator().next().file;
    for (Open each : open.values()) {
      out = each.file.memory() > out.memory() ? each.file : out;
    }
    return out;
  }

  @Override
  public List<DataFile> finish() throws IOException {
    if (ordered != null) {
      ordered.drain(this::place);
    }
    endAll();
    SpilledRows waiting = spill;
    if (waiting != null) {
      for (Map.Entry<Integer, List<RunRef>> part : waiting.finish().entrySet()) {
        for (RunRef run : part.getValue()) {
          write(waiting, part.getKey(), run);
        }
        end(part.getKey());
      }
    }
    return List.copyOf(done);
  }

  private void write(SpilledRows from, int partition, RunRef run) throws IOException {
    try (RunReader reader = from.read(run)) {
      for (RowBatch batch = reader.next(); batch != null; batch = reader.next()) {
        write(partition, batch);
        shrink();
      }
    }
  }

  @Override
  public void close() {
    open.values().forEach(each -> each.file.abandon());
    open.clear();
    budget.close();
    files.close();
    if (ordered != null) {
      ordered.close();
      ordered = null;
    }
    if (spill != null) {
      spill.close();
      spill = null;
    }
    if (meeting != null) {
      meeting.close();
    }
  }
}
