package dev.headwater.benchmarks;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.ingest.IngestFiles;
import dev.headwater.ingest.SourceFile;
import dev.headwater.ingest.SourceFiles;
import dev.headwater.ingest.Sources;
import dev.headwater.sort.Spill;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.CommitTable;
import dev.headwater.table.Distribution;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * How much memory an ingest takes, sketches included, on the DirectRunner: a line of what was still
 * reachable at most (the heap after a full collection, looked at all the time), of the process's
 * greatest resident size, and of rows a second of a repetition that nobody looks at.
 */
final class Memory {
  private static final TableRef TABLE = TableRef.of("memory", "rows");
  private static final int PARTITIONS = 2_000;

  private Memory() {}

  /**
   * Arguments: {@code make columns|partitions FOLDER ROWS}, a Parquet file of 1,000 mixed columns
   * or of rows of 2,000 partitions in random order; or {@code ingest NAME FOLDER [PARTITION
   * [MODE]]}, the folder's files into a table that is partitioned by that column, with that {@code
   * write.distribution-mode}.
   */
  public static void main(String[] args) throws IOException {
    if (args[0].equals("make")) {
      make(args[1], Path.of(args[2]), Long.parseLong(args[3]));
      return;
    }
    String by = args.length > 3 ? args[3] : null;
    Map<String, String> properties =
        args.length > 4 ? Map.of("write.distribution-mode", args[4]) : Map.of();
    Path files = Path.of(args[2]);
    Peak peak = new Peak();
    peak.start();
    String what = ingest(files, by, properties);
    peak.end();
    long start = System.nanoTime();
    ingest(files, by, properties);
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "MEMORY %s %.1f MB reachable, of %d samples the median %.1f, early %.1f, late %.1f,"
            + " %.1f MB resident, %.2f s, %s%n",
        args[1],
        peak.most(),
        peak.samples(),
        peak.median(0, 1),
        peak.median(0.2, 0.6),
        peak.median(0.6, 1),
        resident(),
        seconds,
        what);
  }

  /** Looks at what is reachable, again and again. */
  private static final class Peak extends Thread {
    private final List<Long> used = new ArrayList<>();
    private volatile boolean ended;

    @Override
    public void run() {
      while (!ended) {
        System.gc();
        synchronized (used) {
          used.add(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        try {
          Thread.sleep(20);
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    void end() {
      ended = true;
    }

    int samples() {
      synchronized (used) {
        return used.size();
      }
    }

    double most() {
      synchronized (used) {
        return Collections.max(used) / 1e6;
      }
    }

    /** The median of the samples between two parts of the time, from 0 to 1. */
    double median(double from, double to) {
      synchronized (used) {
        List<Long> some =
            used.subList((int) (from * used.size()), (int) Math.ceil(to * used.size()));
        return some.stream().sorted().skip(some.size() / 2).findFirst().orElse(0L) / 1e6;
      }
    }
  }

  private static double resident() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1_024 / 1e6;
      }
    }
    return 0;
  }

  private static String ingest(Path folder, @Nullable String by, Map<String, String> properties)
      throws IOException {
    List<SourceFile> files = SourceFiles.of(folder, "*.parquet");
    Path home = Files.createTempDirectory("headwater-memory");
    CatalogConfig config = CatalogConfig.embedded(home);
    try (TableCatalog catalog = TableCatalog.open(config)) {
      Sources sources = Sources.of(catalog.io(), files);
      Schema schema = sources.schema();
      PartitionSpec spec =
          by == null
              ? PartitionSpec.unpartitioned()
              : PartitionSpec.builderFor(schema).identity(by).build();
      Table table = catalog.create(TABLE, schema, spec, SortOrder.unsorted(), properties);
      DirectOptions options = PipelineOptionsFactory.as(DirectOptions.class);
      options.setRunner(DirectRunner.class);
      options.setEnforceImmutability(false);
      options.setEnforceEncodability(false);
      int cores = Runtime.getRuntime().availableProcessors();
      options.setTargetParallelism(cores);
      Pipeline pipeline = Pipeline.create(options);
      pipeline
          .apply(
              "ingest",
              IngestFiles.into(sources.groups(32L << 20, 2 * cores), table, "memory", "run")
                  .meeting(
                      Distribution.of(
                          table,
                          Spill.in(home.resolve("scratch").toString(), table.io()),
                          sources.rows(),
                          cores)))
          .apply(
              "commit",
              CommitTable.append(config, TABLE, Token.ofRun("memory", "run", List.of("files"))));
      pipeline.run().waitUntilFinish();
      Map<String, String> summary = catalog.load(TABLE).currentSnapshot().summary();
      return summary.get("total-records") + " rows, " + summary.get("added-data-files") + " files";
    }
  }

  private static void make(String what, Path folder, long rows) throws IOException {
    Schema schema = what.equals("columns") ? wide() : narrow();
    try (TableCatalog catalog =
        TableCatalog.open(CatalogConfig.embedded(Files.createTempDirectory("headwater-make")))) {
      Table table =
          catalog.create(
              TABLE,
              schema,
              PartitionSpec.unpartitioned(),
              SortOrder.unsorted(),
              Map.of("write.parquet.row-group-size-bytes", Integer.toString(16 << 20)));
      SplittableRandom random = new SplittableRandom(7);
      try (BatchWriter out = BatchWriter.open(table, "make", "run")) {
        int batch = what.equals("columns") ? 256 : RowBatch.MAX_ROWS;
        for (long from = 0; from < rows; from += batch) {
          out.accept(batch(schema, (int) Math.min(batch, rows - from), random));
        }
        Files.createDirectories(folder);
        for (DataFile file : out.finish()) {
          Path made = Path.of(URI.create(file.location()));
          Files.move(made, folder.resolve(made.getFileName()));
        }
      }
    }
  }

  /** A quarter each of longs and doubles that are all different, small integers, and texts. */
  private static Schema wide() {
    List<NestedField> fields = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      fields.add(
          NestedField.optional(
              i + 1,
              "c" + i,
              switch (i % 4) {
                case 0 -> Types.LongType.get();
                case 1 -> Types.DoubleType.get();
                case 2 -> Types.IntegerType.get();
                default -> Types.StringType.get();
              }));
    }
    return new Schema(fields);
  }

  private static Schema narrow() {
    return new Schema(
        NestedField.optional(1, "part", Types.IntegerType.get()),
        NestedField.optional(2, "id", Types.LongType.get()),
        NestedField.optional(3, "value", Types.DoubleType.get()),
        NestedField.optional(4, "place", Types.StringType.get()));
  }

  private static RowBatch batch(Schema schema, int rows, SplittableRandom random) {
    BytesColumn places = BytesColumn.ofStrings("ABQ", "BOS", "DEN", "JFK", "LAX", "ORD", "SFO");
    List<Column> columns = new ArrayList<>();
    for (NestedField field : schema.columns()) {
      long[] values = random.longs(rows).toArray();
      columns.add(
          switch (field.type().typeId()) {
            case LONG -> LongColumn.of(values);
            case DOUBLE -> DoubleColumn.of(random.doubles(rows).toArray(), null);
            case INTEGER -> IntColumn.of(random.ints(rows, 0, PARTITIONS).toArray());
            default -> DictionaryColumn.of(random.ints(rows, 0, 7).toArray(), places, null);
          });
    }
    return RowBatch.of(schema, rows, columns);
  }
}
