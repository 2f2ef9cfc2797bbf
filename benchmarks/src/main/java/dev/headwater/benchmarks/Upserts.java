package dev.headwater.benchmarks;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Edit;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.ingest.IngestFiles;
import dev.headwater.ingest.SourceFiles;
import dev.headwater.ingest.Sources;
import dev.headwater.sort.Spill;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.CommitTable;
import dev.headwater.upsert.UpsertSpec;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/**
 * An upsert of one row in a hundred into a table of 40 files, on the DirectRunner, from a Parquet
 * file to after the commit: which files are rewritten, beside those that hold one of the keys. In
 * three layouts: {@code clustered}, keys of one stretch in a table that is sorted by its key;
 * {@code hidden}, keys of four files in a table whose files all span all keys, so that only reading
 * tells; {@code spread}, keys of everywhere.
 */
final class Upserts {
  private static final TableRef TABLE = TableRef.of("bench", "rows");
  private static final int FILES = 40;
  private static final Schema SCHEMA =
      new Schema(
          NestedField.optional(1, "id", Types.LongType.get()),
          NestedField.optional(2, "value", Types.DoubleType.get()),
          NestedField.optional(3, "place", Types.StringType.get()),
          NestedField.optional(4, "at", Types.LongType.get()));

  private Upserts() {}

  /** Arguments: rows of the table, repetitions. */
  public static void main(String[] args) throws IOException {
    long rows = Long.parseLong(args[0]);
    for (int repetition = 1; repetition <= Integer.parseInt(args[1]); repetition++) {
      for (String layout : List.of("clustered", "hidden", "spread")) {
        Path folder = Files.createTempDirectory("headwater-upserts");
        try {
          measure(folder, layout, rows, repetition);
        } finally {
          Local.delete(folder);
        }
      }
    }
  }

  private static void measure(Path folder, String layout, long rows, int repetition)
      throws IOException {
    CatalogConfig config = CatalogConfig.embedded(folder.resolve("catalog"));
    long perFile = rows / FILES;
    boolean sorted = !layout.equals("hidden");
    try (TableCatalog catalog = TableCatalog.open(config)) {
      Table table =
          catalog.create(
              TABLE, SCHEMA, PartitionSpec.unpartitioned(), SortOrder.unsorted(), Map.of());
      List<DataFile> files = new ArrayList<>();
      for (int f = 0; f < FILES; f++) {
        int file = f;
        files.addAll(write(table, perFile, i -> sorted ? file * perFile + i : i * FILES + file));
      }
      new Committer(catalog)
          .commit(Change.append(TABLE, Token.ofRun("bench", "table", List.of()), files));

      long keys = rows / 100;
      SplittableRandom random = new SplittableRandom(42);
      Set<Long> holders = new HashSet<>();
      LongUnaryOperator key =
          i -> {
            long id =
                switch (layout) {
                  case "clustered" -> perFile / 2 + i;
                  case "hidden" -> random.nextLong(perFile) * FILES + i % 4;
                  default -> random.nextLong(rows);
                };
            holders.add(sorted ? id / perFile : id % FILES);
            return id;
          };
      Path source = folder.resolve("source.parquet");
      Files.move(Path.of(URI.create(write(table, keys, key).get(0).location())), source);

      long start = System.nanoTime();
      long cpu = Local.cpuNanos();
      upsert(catalog, folder, source, "r" + repetition);
      double seconds = (System.nanoTime() - start) / 1e9;
      double cpuSeconds = (Local.cpuNanos() - cpu) / 1e9;
      Map<String, String> summary = catalog.load(TABLE).currentSnapshot().summary();
      System.out.printf(
          Locale.ROOT,
          "UPSERT %s %d %.2f s %.2f CPU s, %d keys in %d of %d files: %s files rewritten, %s rows"
              + " carried, %s dropped, %s rows and %s bytes written, %s bytes in the table%n",
          layout,
          repetition,
          seconds,
          cpuSeconds,
          keys,
          holders.size(),
          FILES,
          summary.get("deleted-data-files"),
          summary.get("headwater.fact.rows_carried"),
          summary.get("headwater.fact.rows_dropped"),
          summary.get("added-records"),
          summary.get("added-files-size"),
          summary.get("total-files-size"));
    }
  }

  private static List<DataFile> write(Table table, long rows, LongUnaryOperator id)
      throws IOException {
    SplittableRandom random = new SplittableRandom(rows);
    BytesColumn places = BytesColumn.ofStrings("ABQ", "BOS", "DEN", "JFK", "LAX", "ORD", "SFO");
    try (BatchWriter out = BatchWriter.open(table, "bench", "make")) {
      for (long from = 0; from < rows; from += RowBatch.MAX_ROWS) {
        int n = (int) Math.min(RowBatch.MAX_ROWS, rows - from);
        long[] ids = new long[n];
        double[] values = new double[n];
        int[] codes = new int[n];
        long[] at = new long[n];
        for (int i = 0; i < n; i++) {
          ids[i] = id.applyAsLong(from + i);
          values[i] = random.nextDouble();
          codes[i] = random.nextInt(7);
          at[i] = 1_700_000_000_000_000L + random.nextLong(1L << 40);
        }
        out.accept(
            RowBatch.of(
                SCHEMA,
                n,
                LongColumn.of(ids),
                DoubleColumn.of(values, null),
                DictionaryColumn.of(codes, places, null),
                LongColumn.of(at)));
      }
      return out.finish();
    }
  }

  private static void upsert(TableCatalog catalog, Path folder, Path source, String run) {
    Table table = catalog.load(TABLE);
    Sources sources =
        Sources.of(table.io(), SourceFiles.of(folder, source.getFileName().toString()));
    int cores = Runtime.getRuntime().availableProcessors();
    UpsertSpec spec =
        UpsertSpec.of(
            table,
            table,
            List.of("id"),
            null,
            "bench",
            run,
            Spill.in(folder.resolve("scratch").toString(), table.io()),
            UpsertSpec.shards(sources.rows(), cores));
    Pipeline pipeline = Pipeline.create(Local.options("direct"));
    pipeline
        .apply("ingest", IngestFiles.upsert(sources.groups(32L << 20, 2 * cores), spec))
        .apply(
            "commit",
            CommitTable.of(
                catalog.config(),
                Change.of(
                    TABLE,
                    Edit.Rewrite.of(table),
                    Token.ofRun("bench", run, List.of("source")),
                    List.of())));
    pipeline.run().waitUntilFinish();
  }
}
