package dev.headwater.ingest;

import dev.headwater.columns.RowBatch;
import dev.headwater.parquet.BatchReader;
import dev.headwater.table.FileSplit;
import dev.headwater.table.RowsRead;
import dev.headwater.table.SplitGroup;
import java.io.IOException;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.iceberg.Schema;
import org.apache.iceberg.io.FileIO;

/**
 * Batches of groups of splits, some splits at a time: between them the DirectRunner, which holds
 * back nothing, works off what it has got.
 */
@DoFn.BoundedPerElement
final class ReadBatches extends DoFn<SplitGroup, RowBatch> {
  private static final long serialVersionUID = 1;

  /** Rows after which it lets others work, at the next split. */
  private static final long ROWS = 200_000;

  private final Counter rowsIn = Metrics.counter(IngestFiles.STAGE, "rows_in");
  private final FileIO io;
  private final Schema schema;

  ReadBatches(FileIO io, Schema schema) {
    this.io = io;
    this.schema = schema;
  }

  @GetInitialRestriction
  public OffsetRange splits(@Element SplitGroup group) {
    return new OffsetRange(0, group.splits().size());
  }

  @ProcessElement
  public ProcessContinuation process(
      @Element SplitGroup group,
      RestrictionTracker<OffsetRange, Long> tracker,
      OutputReceiver<RowBatch> out,
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

  private long read(FileSplit split, OutputReceiver<RowBatch> out, String job) throws IOException {
    long rows = 0;
    try (BatchReader batches =
        BatchReader.openByName(
            ReadCheckWrite.unchanged(io, split), schema, split.start(), split.length())) {
      while (batches.hasNext()) {
        RowBatch batch = batches.next();
        rowsIn.inc(batch.size());
        RowsRead.add(job, batch.size());
        rows += batch.size();
        out.output(batch);
      }
    }
    return rows;
  }
}
