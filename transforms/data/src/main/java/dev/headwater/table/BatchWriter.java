package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Selection;
import dev.headwater.sketch.SketchBuilder;
import dev.headwater.sketch.TableSketch;
import dev.headwater.sort.RunReader;
import dev.headwater.sort.RunRef;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
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
 * <p>At most 100 files are open (fewer for wide tables). A further partition takes the place of one
 * that seems to be over; where there is none, its rows are spilled to the worker's disk and get
 * their file at the end. So there is a file or few for each partition, in whatever order rows come.
 */
public final class BatchWriter implements BatchSink<DataFile> {
  /** The table's property: bytes for the rows of one writer, at most. */
  public static final String MEMORY = WriteBudget.PROPERTY;

  private final Table table;
  private final WriteBudget budget;
  private final TableColumns columns;
  private final @Nullable PartitionKeys keys;
  private final OpenFiles files;
  private @Nullable SpilledRows spill;
  private @Nullable PartitionRuns meeting;
  private boolean allMeet;
  private boolean clustered;
  private boolean sorting;
  private @Nullable OrderedRows ordered;
  private @Nullable SketchBuilder sketches;
  private boolean placing;
  private long rows;

  private BatchWriter(Table table, String folder, long targetBytes) {
    this.table = table;
    this.budget = new WriteBudget(table.properties());
    this.columns = new TableColumns(table.schema());
    this.keys =
        table.spec().isUnpartitioned() ? null : new PartitionKeys(table.schema(), table.spec());
    this.files = new OpenFiles(table, folder, targetBytes, budget, keys);
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
        table.properties(),
        TableProperties.WRITE_TARGET_FILE_SIZE_BYTES,
        TableProperties.WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT);
  }

  @Override
  public void accept(RowBatch batch) throws IOException {
    if (batch.size() == 0) {
      return;
    }
    budget.begin();
    RowBatch fitted = placing ? placed(batch) : columns.fit(batch);
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
    files.arrive(batch.size());
    if (keys == null) {
      files.write(0, batch);
    } else {
      fanOut(keys, batch);
    }
    shrink();
  }

  /** Row groups end early where all open files together take too much. */
  private void shrink() throws IOException {
    files.shrink(spill == null && meeting == null ? budget.bytes() : budget.bytes() / 2);
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
    files.sorted(by);
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
    files.placing(to);
    placing = true;
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
    Map<Integer, Selection> parts = new LinkedHashMap<>();
    Selection waiting = new Selection();
    Selection of = waiting;
    for (int row = 0; row < numbers.length; row++) {
      if (row == 0 || numbers[row] != numbers[row - 1]) {
        Selection known = parts.get(numbers[row]);
        if (known == null) {
          boolean here = clustered || !allMeet && files.admit(numbers[row], by.count());
          known = here ? new Selection() : waiting;
          parts.put(numbers[row], known);
        }
        of = known;
      }
      of.add(row);
    }
    if (!waiting.isEmpty()) {
      parts.values().removeIf(rowsOfIt -> rowsOfIt == waiting);
      int[] positions = waiting.positions();
      spill(batch.gather(positions), Arrays.stream(positions).map(row -> numbers[row]).toArray());
    }
    for (Map.Entry<Integer, Selection> part : parts.entrySet()) {
      if (clustered && !files.has(part.getKey())) {
        files.endAll();
      }
      files.write(part.getKey(), part.getValue().of(batch));
    }
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

  /** About how many bytes of memory the rows of open files take. */
  long held() {
    return files.held();
  }

  @Override
  public List<DataFile> finish() throws IOException {
    if (ordered != null) {
      ordered.drain(this::place);
    }
    files.endAll();
    SpilledRows waiting = spill;
    if (waiting != null) {
      for (Map.Entry<Integer, List<RunRef>> part : waiting.finish().entrySet()) {
        for (RunRef run : part.getValue()) {
          write(waiting, part.getKey(), run);
        }
        files.end(part.getKey());
      }
    }
    return files.done();
  }

  private void write(SpilledRows from, int partition, RunRef run) throws IOException {
    try (RunReader reader = from.read(run)) {
      for (RowBatch batch = reader.next(); batch != null; batch = reader.next()) {
        files.write(partition, batch);
        shrink();
      }
    }
  }

  @Override
  public void close() {
    files.close();
    budget.close();
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
