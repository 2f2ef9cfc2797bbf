package dev.headwater.ingest;

import dev.headwater.columns.RowBatch;
import dev.headwater.files.BadRows;
import dev.headwater.files.Decoded;
import dev.headwater.files.RowSource;
import dev.headwater.files.SourceFormat;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.FileSplit;
import dev.headwater.table.RowsRead;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.WorkFn;
import dev.headwater.table.Written;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/**
 * Batches of groups of splits, some splits at a time: between them the DirectRunner, which holds
 * back nothing, works off what it has got. Rows that can't be decoded go to the letters.
 */
@DoFn.BoundedPerElement
final class ReadBatches extends WorkFn<SplitGroup, RowBatch> {
  private static final long serialVersionUID = 1;
  static final TupleTag<RowBatch> BATCHES = new TupleTag<>("batches") {};
  static final TupleTag<Written> LETTERS = new TupleTag<>("letters") {};

  /** The fact that tells how many rows were read, good or bad. */
  private static final String ROWS_READ = "rows_read";

  /** Rows after which it lets others work, at the next split. */
  private static final long ROWS = 200_000;

  private final Counter rowsIn = Metrics.counter(IngestFiles.STAGE, "rows_in");
  private final Counter rowsLetters = Metrics.counter(IngestFiles.STAGE, "rows_letters");
  private final FileIO io;
  private final SourceFormat format;
  private final Schema schema;
  private final String sink;
  private final String run;
  private final @Nullable Table letters;
  private final @Nullable BadRows undecoded;

  ReadBatches(
      FileIO io,
      SourceFormat format,
      Schema schema,
      String sink,
      String run,
      @Nullable Table letters,
      @Nullable BadRows undecoded) {
    this.io = io;
    this.format = format;
    this.schema = schema;
    this.sink = sink;
    this.run = run;
    this.letters = letters;
    this.undecoded = undecoded;
  }

  @GetInitialRestriction
  public OffsetRange splits(@Element SplitGroup group) {
    return new OffsetRange(0, group.splits().size());
  }

  @ProcessElement
  public ProcessContinuation process(
      @Element SplitGroup group,
      RestrictionTracker<OffsetRange, Long> tracker,
      MultiOutputReceiver out,
      PipelineOptions options)
      throws IOException {
    long rows = 0;
    for (long at = tracker.currentRestriction().getFrom(); tracker.tryClaim(at); at++) {
      rows += read(group.splits().get(Math.toIntExact(at)), out, options.getJobName());
      if (rows >= ROWS && at + 1 < tracker.currentRestriction().getTo()) {
        return ProcessContinuation.resume();
      }
    }
    return ProcessContinuation.stop();
  }

  private long read(FileSplit split, MultiOutputReceiver out, String job) throws IOException {
    long rows = 0;
    try (RowSource source = SourceRows.open(io, split, format, schema);
        BatchWriter bad = letters == null ? null : BatchWriter.open(letters, sink, run)) {
      while (source.hasNext()) {
        Decoded decoded = source.next();
        rowsIn.inc(decoded.count());
        RowsRead.add(job, decoded.count());
        rows += decoded.count();
        RowBatch broken = Undecoded.letters(bad == null ? null : undecoded, decoded, split.path());
        if (broken != null && bad != null) {
          bad.accept(broken);
          rowsLetters.inc(broken.size());
        }
        if (decoded.rows().size() > 0) {
          out.get(BATCHES).output(decoded.rows());
        }
      }
      long lost = bad == null ? 0 : bad.rows();
      List<DataFile> files = bad == null ? List.of() : bad.finish();
      Map<String, String> facts = Map.of(ROWS_READ, Long.toString(rows));
      out.get(LETTERS).output(new Written(List.of(), files, lost, 0, lost, 0, facts));
    }
    return rows;
  }
}
