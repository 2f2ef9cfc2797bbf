package dev.headwater.clients;

import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.ReadTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** Our side: writes tables of the lake, and reads them. */
final class Ours {
  private static final Map<String, Queue<String>> READ = new ConcurrentHashMap<>();
  private static final AtomicInteger RUNS = new AtomicInteger();

  private Ours() {}

  static TableRef ref(String name) {
    return TableRef.of("demo", name);
  }

  static Table create(
      String name, Schema schema, PartitionSpec spec, Map<String, String> properties) {
    return Lake.catalog().create(ref(name), schema, spec, SortOrder.unsorted(), properties);
  }

  /** Appends rows, whose columns are the table's, as a commit of a sink. */
  static void append(String name, List<@Nullable Object[]> rows) throws IOException {
    Table table = Lake.catalog().load(ref(name));
    String run = "r" + RUNS.incrementAndGet();
    try (BatchWriter writer = BatchWriter.open(table, name, run)) {
      writer.accept(batch(table.schema(), rows));
      List<DataFile> files = writer.finish();
      new Committer(Lake.catalog())
          .commit(Change.append(ref(name), Token.ofRun(name, run, List.of()), files));
    }
  }

  static RowBatch batch(Schema schema, List<@Nullable Object[]> rows) {
    RowBatchBuilder builder = new RowBatchBuilder(schema);
    rows.forEach(builder::append);
    return builder.build();
  }

  /** What a reading step reads, on the DirectRunner: sorted. */
  static List<String> read(ReadTable step) {
    String id = "read" + RUNS.incrementAndGet();
    READ.put(id, new ConcurrentLinkedQueue<>());
    Pipeline pipeline = pipeline();
    pipeline.apply("Read", step).apply("Keep", ParDo.of(new Keep(id)));
    pipeline.run().waitUntilFinish();
    List<String> rows = new ArrayList<>(READ.remove(id));
    rows.sort(null);
    return rows;
  }

  static Pipeline pipeline() {
    return Pipeline.create(
        PipelineOptionsFactory.fromArgs(
                "--targetParallelism=2",
                "--enforceImmutability=false",
                "--enforceEncodability=false")
            .create());
  }

  private static final class Keep extends DoFn<RowBatch, Void> {
    private static final long serialVersionUID = 1;
    private final String id;

    Keep(String id) {
      this.id = id;
    }

    @ProcessElement
    public void process(@Element RowBatch batch) {
      Queue<String> rows = READ.get(id);
      if (rows != null) {
        rows.addAll(Told.EXACTLY.rows(batch));
      }
    }
  }
}
