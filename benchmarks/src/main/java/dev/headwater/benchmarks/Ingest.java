package dev.headwater.benchmarks;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Token;
import dev.headwater.ingest.IngestFiles;
import dev.headwater.ingest.SourceFile;
import dev.headwater.ingest.SourceFiles;
import dev.headwater.ingest.Sources;
import dev.headwater.table.CommitTable;
import dev.headwater.validate.Contract;
import dev.headwater.validate.Contract.ColumnRule;
import dev.headwater.validate.ContractCheck;
import dev.headwater.validate.Letters;
import dev.headwater.validate.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;

/**
 * Parquet files to a committed Iceberg table through a contract, on the DirectRunner: a line of
 * seconds, CPU seconds and what came out for each repetition. The clock begins with the checksums
 * of the files and ends after the commit.
 */
final class Ingest {
  private static final TableRef TABLE = TableRef.of("flights", "flights");
  private static final Contract CONTRACT =
      Contract.of(
          List.of(
              ColumnRule.of("date").asRequired().range("2001-01-01", "2001-06-30T23:59:59.999999"),
              ColumnRule.of("delay").asRequired().range("-100", "1500"),
              ColumnRule.of("distance").asRequired().range("1", null),
              ColumnRule.of("origin").asRequired().pattern("[A-Z0-9]{3}"),
              ColumnRule.of("destination").asRequired().pattern("[A-Z0-9]{3}")),
          List.of());

  private Ingest() {}

  /** Arguments: the folder of the files, how to partition (none, month), repetitions. */
  public static void main(String[] args) throws IOException {
    Path files = Path.of(args[0]);
    boolean monthly = args[1].equals("month");
    for (int repetition = 1; repetition <= Integer.parseInt(args[2]); repetition++) {
      Path folder = Files.createTempDirectory("headwater-ingest");
      try {
        long start = System.nanoTime();
        long cpuStart = Local.cpuNanos();
        String summary = ingest(files, monthly, CatalogConfig.embedded(folder), "r" + repetition);
        double seconds = (System.nanoTime() - start) / 1e9;
        double cpu = (Local.cpuNanos() - cpuStart) / 1e9;
        System.out.printf(
            Locale.ROOT, "OURS %s %d %.3f %.2f %s%n", args[1], repetition, seconds, cpu, summary);
      } finally {
        Local.delete(folder);
      }
    }
  }

  private static String ingest(Path folder, boolean monthly, CatalogConfig config, String run) {
    List<SourceFile> files = SourceFiles.of(folder, "*.parquet");
    try (TableCatalog catalog = TableCatalog.open(config)) {
      TableRef lettersRef = Letters.of(TABLE);
      Table letters = create(catalog, lettersRef, Letters.SCHEMA, PartitionSpec.unpartitioned());
      Sources sources = Sources.of(letters.io(), files);
      Schema schema = sources.schema();
      PartitionSpec.Builder spec = PartitionSpec.builderFor(schema);
      Table table =
          create(catalog, TABLE, schema, monthly ? spec.month("date").build() : spec.build());
      Pipeline pipeline = Pipeline.create(Local.options("direct"));
      pipeline
          .apply(
              "ingest",
              IngestFiles.into(sources.groups(32L << 20, 2 * Local.CORES), table, "flights", run)
                  .checked(seen -> new ContractCheck(CONTRACT, seen, run, 0), letters))
          .apply(
              "commit",
              CommitTable.append(
                      config,
                      TABLE,
                      Token.ofRun("flights", run, files.stream().map(SourceFile::version).toList()))
                  .letters(lettersRef)
                  .check(Limits.of(CONTRACT).check("flights", letters)));
      pipeline.run().waitUntilFinish();
      Map<String, String> kept = catalog.load(TABLE).currentSnapshot().summary();
      Map<String, String> bad = catalog.load(lettersRef).currentSnapshot().summary();
      return sources.rows() + " " + kept.get("total-records") + " " + bad.get("total-records");
    }
  }

  private static Table create(
      TableCatalog catalog, TableRef ref, Schema schema, PartitionSpec spec) {
    return catalog.create(ref, schema, spec, SortOrder.unsorted(), Map.of());
  }
}
