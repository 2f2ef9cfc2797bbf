package dev.headwater.ingest;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.RowBatch;
import dev.headwater.table.BatchReader;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.FileSplit;
import dev.headwater.table.RowCheck;
import dev.headwater.table.RowsRead;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Written;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.jspecify.annotations.Nullable;

/** One group of splits after the other: read, checked, written. */
final class ReadCheckWrite extends DoFn<SplitGroup, Written> {
  private static final long serialVersionUID = 1;

  private final Counter rowsIn = Metrics.counter(IngestFiles.STAGE, "rows_in");
  private final Counter rowsKept = Metrics.counter(IngestFiles.STAGE, "rows_kept");
  private final Counter rowsLetters = Metrics.counter(IngestFiles.STAGE, "rows_letters");
  private final Table table;
  private final String sink;
  private final String run;
  private final @Nullable Table letters;
  private final RowCheck.@Nullable Factory check;

  ReadCheckWrite(
      Table table,
      String sink,
      String run,
      @Nullable Table letters,
      RowCheck.@Nullable Factory check) {
    this.table = table;
    this.sink = sink;
    this.run = run;
    this.letters = letters;
    this.check = check;
  }

  @ProcessElement
  public void process(
      @Element SplitGroup group, OutputReceiver<Written> out, PipelineOptions options)
      throws IOException {
    RowCheck by = check == null ? null : check.open(table.schema());
    long in = 0;
    try (BatchWriter good = BatchWriter.open(table, sink, run).sketching();
        BatchWriter bad = letters == null ? null : BatchWriter.open(letters, sink, run)) {
      for (FileSplit split : group.splits()) {
        InputFile file = unchanged(table.io(), split);
        try (BatchReader batches =
            BatchReader.openByName(file, table.schema(), split.start(), split.length())) {
          while (batches.hasNext()) {
            RowBatch batch = batches.next();
            in += batch.size();
            RowsRead.add(options.getJobName(), batch.size());
            write(batch, by, split.path(), batches.position(), good, bad);
          }
        }
      }
      List<DataFile> files = good.finish();
      List<DataFile> letterFiles = bad == null ? List.of() : bad.finish();
      out.output(
          new Written(
                  files, letterFiles, in, good.rows(), bad == null ? 0 : bad.rows(), 0, Map.of())
              .sketch(good.sketch()));
    }
  }

  private void write(
      RowBatch batch,
      @Nullable RowCheck by,
      String source,
      long position,
      BatchWriter good,
      @Nullable BatchWriter bad)
      throws IOException {
    rowsIn.inc(batch.size());
    RowBatch kept = batch;
    if (by != null && bad != null) {
      RowCheck.Checked checked = by.check(batch, source, position);
      kept = checked.good();
      RowBatch broken = checked.letters();
      if (broken != null) {
        bad.accept(broken);
        rowsLetters.inc(broken.size());
      }
    }
    good.accept(kept);
    rowsKept.inc(kept.size());
  }

  /** The checksum was taken of the file as it was; a file that grew since is another one. */
  static InputFile unchanged(FileIO io, FileSplit split) {
    InputFile file = io.newInputFile(split.path());
    if (!file.exists() || file.getLength() != split.fileLength()) {
      throw new HeadwaterException(
          Kind.DATA,
          "Cannot read " + split.path() + ": it changed since the run began.",
          "run again when nothing writes to it any more.");
    }
    return file;
  }
}
