package dev.headwater.table;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.columns.RowBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterator;

/** Real tables in a folder, for tests that read and write them. */
public final class TablesOnDisk implements AutoCloseable {
  private static final Map<String, Queue<Object>> OUTPUTS = new ConcurrentHashMap<>();

  private final TableCatalog catalog;

  public CatalogConfig config() {
    return catalog.config();
  }

  public TablesOnDisk(Path folder) {
    this.catalog = TableCatalog.open(CatalogConfig.embedded(folder));
  }

  public Table create(String name, Schema schema) {
    return create(name, schema, PartitionSpec.unpartitioned(), Map.of());
  }

  public Table create(
      String name, Schema schema, PartitionSpec spec, Map<String, String> properties) {
    return catalog.create(
        TableRef.of("test", name), schema, spec, SortOrder.unsorted(), properties);
  }

  /**
   * Appends the batches, whose schema has the table's columns, as one file each {@code perFile}.
   */
  public static SnapshotRef append(Table table, Iterator<RowBatch> batches, int perFile)
      throws IOException {
    List<DataFile> files = new ArrayList<>();
    while (batches.hasNext()) {
      try (BatchWriter writer = BatchWriter.open(table, "test", "setup")) {
        for (int i = 0; i < perFile && batches.hasNext(); i++) {
          writer.accept(batches.next());
        }
        files.addAll(writer.finish());
      }
    }
    return append(table, files);
  }

  public static SnapshotRef append(Table table, List<DataFile> files) {
    AppendFiles append = table.newAppend();
    files.forEach(append::appendFile);
    append.commit();
    return snapshot(table);
  }

  public static SnapshotRef snapshot(Table table) {
    String name = table.name().substring(table.name().lastIndexOf('.') + 1);
    return new SnapshotRef(
        TableRef.of("test", name), table.uuid(), table.currentSnapshot().snapshotId());
  }

  public static List<RowBatch> read(Table table) {
    List<RowBatch> out = new ArrayList<>();
    for (SplitGroup group : Splits.of(table, snapshot(table), null, 1 << 26, 1)) {
      try (CloseableIterator<RowBatch> batches = group.open(table.io(), table.schema(), null)) {
        batches.forEachRemaining(out::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return out;
  }

  /** Runs one step on the DirectRunner; what came out of it, in any order. */
  @SuppressWarnings("unchecked") // the queue holds what the step puts out
  public static <T> List<T> run(
      String name, PTransform<? super PBegin, PCollection<T>> step, int workers) {
    String id = UUID.randomUUID().toString();
    OUTPUTS.put(id, new ConcurrentLinkedQueue<>());
    Pipeline pipeline =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs(
                    "--targetParallelism=" + workers,
                    "--enforceImmutability=false",
                    "--enforceEncodability=false")
                .create());
    pipeline.apply(name, step).apply("Keep", ParDo.of(new Keep<>(id)));
    pipeline.run().waitUntilFinish();
    return (List<T>) new ArrayList<>(OUTPUTS.remove(id));
  }

  @Override
  public void close() {
    catalog.close();
  }

  private static final class Keep<T> extends DoFn<T, Void> {
    private static final long serialVersionUID = 1;
    private final String id;

    Keep(String id) {
      this.id = id;
    }

    @ProcessElement
    public void process(@Element T element) {
      Queue<Object> queue = OUTPUTS.get(id);
      if (queue != null) {
        queue.add(element);
      }
    }
  }
}
