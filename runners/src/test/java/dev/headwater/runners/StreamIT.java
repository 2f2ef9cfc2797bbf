package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.table.AppendStream;
import dev.headwater.table.BatchReader;
import dev.headwater.table.RowBatchCoder;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream on Flink that fails twice and goes on from its checkpoints: each row once. */
final class StreamIT {
  private static final Schema SCHEMA =
      new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
  private static final TableRef REF = TableRef.of("test", "stream");
  private static final int BATCHES = 300;
  private static final int ROWS = 100;
  private static final AtomicInteger SEEN = new AtomicInteger();

  @TempDir private Path folder = Path.of("unset");

  @Test
  void eachRowOnceThoughTheJobFails() throws Exception {
    CatalogConfig config = CatalogConfig.embedded(folder);
    try (TableCatalog catalog = TableCatalog.open(config)) {
      Table table =
          catalog.create(
              REF, SCHEMA, PartitionSpec.unpartitioned(), SortOrder.unsorted(), Map.of());
      FlinkPipelineOptions options = PipelineOptionsFactory.as(FlinkPipelineOptions.class);
      options.setRunner(FlinkRunner.class);
      options.setFlinkMaster("[local]");
      options.setParallelism(1);
      options.setStreaming(true);
      options.setCheckpointingInterval(300L);
      options.setCheckpointingMode("EXACTLY_ONCE");
      options.setNumberOfExecutionRetries(5);
      options.setExecutionRetryDelay(100L);
      options.setMaxBundleSize(5L);
      options.setEnableStableInputDrain(true);
      SEEN.set(0);
      Pipeline pipeline = Pipeline.create(options);
      pipeline
          .apply("Numbers", Read.from(new Numbers()))
          .apply("Batch", ParDo.of(new Batch()))
          .setCoder(RowBatchCoder.of())
          .apply(
              "Append",
              AppendStream.to(config, REF, table, "numbers", "r1").every(Duration.millis(200)));
      pipeline.run().waitUntilFinish();

      assertThat(SEEN.get()).as("batches, those seen again too").isGreaterThan(BATCHES);
      List<Long> ids = new ArrayList<>();
      Table read = catalog.load(REF);
      try (CloseableIterable<FileScanTask> files = read.newScan().planFiles()) {
        for (FileScanTask file : files) {
          try (BatchReader batches =
              BatchReader.open(
                  read.io().newInputFile(file.file().location()), SCHEMA, null, 0, file.length())) {
            batches.forEachRemaining(
                batch -> {
                  for (long id : ((LongColumn) batch.column(0)).values()) {
                    ids.add(id);
                  }
                });
          }
        }
      }
      ids.sort(null);
      assertThat(ids).isEqualTo(LongStream.range(0, (long) BATCHES * ROWS).boxed().toList());
      Set<String> tokens = new HashSet<>();
      for (Snapshot snapshot : catalog.load(REF).snapshots()) {
        assertThat(tokens.add(snapshot.summary().get("headwater.token"))).isTrue();
      }
      assertThat(tokens).as("commits while it ran").hasSizeGreaterThan(3);
    }
  }

  /** A number to a batch; fails after a third and after two thirds of them. */
  private static final class Batch extends DoFn<Integer, RowBatch> {
    private static final long serialVersionUID = 1;
    private static final Set<Integer> FAILED = new HashSet<>();

    @ProcessElement
    public void process(@Element Integer number, OutputReceiver<RowBatch> out) {
      SEEN.incrementAndGet();
      synchronized (FAILED) {
        if ((number == BATCHES / 3 || number == 2 * BATCHES / 3) && FAILED.add(number)) {
          throw new IllegalStateException("the worker dies at " + number);
        }
      }
      long[] ids = LongStream.range((long) number * ROWS, (number + 1L) * ROWS).toArray();
      out.output(RowBatch.of(SCHEMA, ROWS, LongColumn.of(ids, null)));
    }
  }

  /** Where the source is. */
  private record Mark(int next) implements UnboundedSource.CheckpointMark, Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public void finalizeCheckpoint() {}
  }

  /** 0, 1, 2, ..., one each ten milliseconds, from wherever its mark says. */
  private static final class Numbers extends UnboundedSource<Integer, Mark> {
    private static final long serialVersionUID = 1;

    @Override
    public List<Numbers> split(int desired, PipelineOptions options) {
      return List.of(this);
    }

    @Override
    public UnboundedReader<Integer> createReader(PipelineOptions options, @Nullable Mark mark) {
      return new NumbersReader(this, mark == null ? 0 : mark.next());
    }

    @Override
    public Coder<Mark> getCheckpointMarkCoder() {
      return SerializableCoder.of(Mark.class);
    }

    @Override
    public Coder<Integer> getOutputCoder() {
      return VarIntCoder.of();
    }
  }

  private static final class NumbersReader extends UnboundedSource.UnboundedReader<Integer> {
    private final Numbers source;
    private final int first;
    private final long began = System.nanoTime();
    private int next;

    NumbersReader(Numbers source, int first) {
      this.source = source;
      this.first = first;
      this.next = first;
    }

    @Override
    public boolean start() throws IOException {
      return advance();
    }

    @Override
    public boolean advance() throws IOException {
      if (next == BATCHES || System.nanoTime() - began < (next - first) * 10_000_000L) {
        return false;
      }
      next++;
      return true;
    }

    @Override
    public Integer getCurrent() {
      if (next == first) {
        throw new NoSuchElementException();
      }
      return next - 1;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return Instant.ofEpochMilli(next);
    }

    @Override
    public Instant getWatermark() {
      return next == BATCHES ? BoundedWindow.TIMESTAMP_MAX_VALUE : Instant.ofEpochMilli(next);
    }

    @Override
    public Mark getCheckpointMark() {
      return new Mark(next);
    }

    @Override
    public Numbers getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}
