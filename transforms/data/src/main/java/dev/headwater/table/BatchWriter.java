package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import dev.headwater.sketch.SketchBuilder;
import dev.headwater.sketch.TableSketch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.OutputFile;
import org.jspecify.annotations.Nullable;

/**
 * Batches into a table's data files: partitioned as the table's spec says, a new file at {@code
 * write.target-file-size-bytes}, memory bounded whatever the number of partitions. One thread.
 *
 * <p>Files are named {@code data/<sink>/<run>/<uuid>.parquet} and never reused. What {@link
 * #finish} returned may be committed; without it everything written is an orphan.
 *
 * <p>At most {@value #OPEN_FILES} files are open (fewer for wide tables). Rows of further
 * partitions wait in memory, {@value #WAITING_BYTES} bytes of them at most; then the partition with
 * the most rows takes the place of the file that was longest without any.
 */
public final class BatchWriter implements BatchSink<DataFile> {
  static final int OPEN_FILES = 100;
  static final long WAITING_BYTES = 64L << 20;
  private static final long BUFFERED_BYTES = 192L << 20;
  private static final int OPEN_CHUNKS = 2_000;

  private final Table table;
  private final String folder;
  private final FileSettings settings;
  private final PageCodecs codecs;
  private final TableColumns columns;
  private final boolean nested;
  private final @Nullable PartitionKeys keys;
  private final int openFiles;

  /** Open files by partition, the longest unused one first. */
  private final LinkedHashMap<Integer, DataFileWriter> open = new LinkedHashMap<>(16, 0.75f, true);

  private final Map<Integer, Waiting> waiting = new HashMap<>();
  private long waitingBytes;
  private final List<DataFile> done = new ArrayList<>();
  private @Nullable SketchBuilder sketches;
  private long rows;

  /** Rows of a partition without an open file. */
  private static final class Waiting {
    final List<RowBatch> batches = new ArrayList<>();
    long bytes;
  }

  private BatchWriter(Table table, String folder, FileSettings settings) {
    this.table = table;
    this.folder = folder;
    this.settings = settings;
    this.codecs = new PageCodecs(settings.level());
    this.columns = new TableColumns(table.schema());
    this.nested = table.schema().columns().stream().anyMatch(f -> !f.type().isPrimitiveType());
    this.keys =
        table.spec().isUnpartitioned() ? null : new PartitionKeys(table.schema(), table.spec());
    this.openFiles =
        Math.max(2, Math.min(OPEN_FILES, OPEN_CHUNKS / table.schema().columns().size()));
  }

  /**
   * Nothing is written before the first batch.
   *
   * @param table the table, or a serializable copy of it; batches have its schema's columns, found
   *     by name, of its types; optional ones may be missing
   */
  public static BatchWriter open(Table table, String sink, String run) {
    return open(table, sink, run, FileSettings.of(table.properties()));
  }

  /** As {@link #open(Table, String, String)}, with files of about so many bytes. */
  public static BatchWriter open(Table table, String sink, String run, long targetBytes) {
    return open(table, sink, run, FileSettings.of(table.properties()).target(targetBytes));
  }

  private static BatchWriter open(Table table, String sink, String run, FileSettings settings) {
    for (String part : List.of(sink, run)) {
      if (part.isEmpty() || part.startsWith(".") || part.contains("/") || part.contains("\\")) {
        throw new IllegalArgumentException("'" + part + "' cannot be a folder of data files");
      }
    }
    return new BatchWriter(table, sink + "/" + run, settings);
  }

  @Override
  public void accept(RowBatch batch) throws IOException {
    if (batch.size() == 0) {
      return;
    }
    RowBatch fitted = columns.fit(batch);
    rows += fitted.size();
    if (sketches != null) {
      sketches.add(fitted);
    }
    if (keys == null) {
      write(0, fitted);
    } else {
      fanOut(keys, fitted);
    }
    while (buffered() > BUFFERED_BYTES) {
      largest().flush();
    }
  }

  /** Rows accepted so far. */
  public long rows() {
    return rows;
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

  private void fanOut(PartitionKeys by, RowBatch batch) throws IOException {
    int[] numbers = by.of(batch);
    Map<Integer, int[]> counts = new LinkedHashMap<>();
    for (int number : numbers) {
      counts.computeIfAbsent(number, n -> new int[2])[0]++;
    }
    if (counts.size() == 1) {
      write(numbers[0], batch);
      return;
    }
    Map<Integer, int[]> positions = new LinkedHashMap<>();
    counts.forEach((number, count) -> positions.put(number, new int[count[0]]));
    for (int row = 0; row < numbers.length; row++) {
      int[] filled = counts.get(numbers[row]);
      int[] at = positions.get(numbers[row]);
      if (filled != null && at != null) {
        at[filled[1]++] = row;
      }
    }
    for (Map.Entry<Integer, int[]> part : positions.entrySet()) {
      write(part.getKey(), batch.gather(part.getValue()));
    }
  }

  private void write(int partition, RowBatch batch) throws IOException {
    if (!open.containsKey(partition) && open.size() >= openFiles) {
      Waiting rowsOfIt = waiting.computeIfAbsent(partition, p -> new Waiting());
      // What a slice shares with others is counted too: rather too much than too little.
      rowsOfIt.batches.add(batch);
      rowsOfIt.bytes += batch.bytes() + 1_000L;
      waitingBytes += batch.bytes() + 1_000L;
      while (waitingBytes > WAITING_BYTES) {
        int next = longestWaiting();
        end(open.keySet().iterator().next());
        admit(next);
      }
      return;
    }
    DataFileWriter file = open.get(partition);
    if (file == null) {
      file = newFile(partition);
      open.put(partition, file);
    }
    file.write(batch);
    if (file.bytes() >= settings.targetBytes()) {
      end(partition);
    }
  }

  private int longestWaiting() {
    int longest = -1;
    long bytes = -1;
    for (Map.Entry<Integer, Waiting> entry : waiting.entrySet()) {
      if (entry.getValue().bytes > bytes) {
        bytes = entry.getValue().bytes;
        longest = entry.getKey();
      }
    }
    return longest;
  }

  private void admit(int partition) throws IOException {
    Waiting next = waiting.remove(partition);
    if (next != null) {
      waitingBytes -= next.bytes;
      for (RowBatch batch : next.batches) {
        write(partition, batch);
      }
    }
  }

  private DataFileWriter newFile(int partition) throws IOException {
    String name = folder + "/" + UUID.randomUUID() + ".parquet";
    OutputFile output = table.io().newOutputFile(table.locationProvider().newDataLocation(name));
    StructLike values = keys == null ? null : keys.partition(partition);
    return nested
        ? new RowFileWriter(table, output, values)
        : new ColumnFileWriter(
            table, settings, codecs.getCompressor(settings.codec()), output, values);
  }

  private void end(int partition) throws IOException {
    DataFileWriter file = open.get(partition);
    if (file != null) {
      done.add(file.finish());
      open.remove(partition);
    }
  }

  /** About how many bytes of rows are in memory. */
  long held() {
    return buffered() + waitingBytes;
  }

  private long buffered() {
    long bytes = 0;
    for (DataFileWriter file : open.values()) {
      bytes += file.buffered();
    }
    return bytes;
  }

  private DataFileWriter largest() {
    DataFileWriter out = open.values().iterator().next();
    for (DataFileWriter file : open.values()) {
      out = file.buffered() > out.buffered() ? file : out;
    }
    return out;
  }

  @Override
  public List<DataFile> finish() throws IOException {
    for (Integer partition : List.copyOf(open.keySet())) {
      end(partition);
    }
    for (Integer partition : List.copyOf(waiting.keySet())) {
      admit(partition);
      end(partition);
    }
    return List.copyOf(done);
  }

  @Override
  public void close() {
    open.values().forEach(DataFileWriter::abandon);
    open.clear();
    codecs.release();
  }
}
