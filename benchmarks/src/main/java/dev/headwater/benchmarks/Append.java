package dev.headwater.benchmarks;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Token;
import dev.headwater.ingest.IngestFiles;
import dev.headwater.ingest.SourceFile;
import dev.headwater.ingest.SourceFiles;
import dev.headwater.ingest.Sources;
import dev.headwater.sketch.SketchSettings;
import dev.headwater.table.CommitTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;

/**
 * Parquet files to a committed Iceberg table and nothing else, with and without sketches: a line of
 * seconds, CPU seconds and rows for each repetition. The clock begins with the checksums of the
 * files and ends after the commit.
 */
final class Append {
  private static final TableRef TABLE = TableRef.of("flights", "flights");

  private Append() {}

  /** Arguments: the folder of the files; direct or flink; sketches full or none; repetitions. */
  public static void main(String[] args) throws IOException {
    for (int repetition = 1; repetition <= Integer.parseInt(args[3]); repetition++) {
      Path folder = Files.createTempDirectory("headwater-append");
      try {
        long start = System.nanoTime();
        long cpu = Local.cpuNanos();
        String rows =
            append(Path.of(args[0]), args[1], args[2], CatalogConfig.embedded(folder), repetition);
        System.out.printf(
            Locale.ROOT,
            "OURS %s.%s %d %.3f %.2f %s%n",
            args[1],
            args[2],
            repetition,
            (System.nanoTime() - start) / 1e9,
            (Local.cpuNanos() - cpu) / 1e9,
            rows);
      } finally {
        Local.delete(folder);
      }
    }
  }

  private static String append(
      Path folder, String runner, String sketches, CatalogConfig config, int repetition) {
    String run = "r" + repetition;
    List<SourceFile> files = SourceFiles.of(folder, "*.parquet");
    try (TableCatalog catalog = TableCatalog.open(config)) {
      Sources sources = Sources.of(catalog.io(), files);
      Table table =
          catalog.create(
              TABLE,
              sources.schema(),
              PartitionSpec.unpartitioned(),
              SortOrder.unsorted(),
              Map.of(SketchSettings.DEFAULT, sketches));
      Pipeline pipeline = Pipeline.create(Local.options(runner));
      pipeline
          .apply(
              "append",
              IngestFiles.into(sources.groups(32L << 20, 2 * Local.CORES), table, "flights", run))
          .apply(
              "commit",
              CommitTable.append(
                  config,
                  TABLE,
                  Token.ofRun("flights", run, files.stream().map(SourceFile::version).toList())));
      pipeline.run().waitUntilFinish();
      return catalog.load(TABLE).currentSnapshot().summary().get("total-records");
    }
  }
}
