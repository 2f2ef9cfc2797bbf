package dev.headwater.benchmarks;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatch;
import dev.headwater.drift.ComputeDrift;
import dev.headwater.drift.DriftCounts;
import dev.headwater.drift.DriftReport;
import dev.headwater.drift.Period;
import dev.headwater.drift.SketchDrift;
import dev.headwater.ingest.SourceFiles;
import dev.headwater.ingest.Sources;
import dev.headwater.parquet.BatchReader;
import dev.headwater.sketch.Profile;
import dev.headwater.sketch.SketchStatistics;
import dev.headwater.sketch.TableProfile;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.FileSplit;
import dev.headwater.table.Splits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;

/**
 * Drift of a table of flights from what it was half-way: told from its sketches, and counted row by
 * row on the DirectRunner, a worker for each core; both with the report.
 */
final class Drifts {
  private static final TableRef TABLE = TableRef.of("flights", "flights");
  private static final List<String> COLUMNS = List.of("delay", "distance", "origin", "destination");

  /** What the pipeline of this process counted last. */
  private static volatile DriftCounts counted = new DriftCounts();

  private Drifts() {}

  /** Arguments: the folder of the files, rows, repetitions. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory("headwater-drift");
    try (TableCatalog catalog = TableCatalog.open(CatalogConfig.embedded(folder))) {
      Table table = write(catalog, Path.of(args[0]), Long.parseLong(args[1]));
      long id = table.currentSnapshot().snapshotId();
      Profile profile = TableProfile.of(table, table.currentSnapshot().parentId()).profile(COLUMNS);
      for (int repetition = 1; repetition <= Integer.parseInt(args[2]); repetition++) {
        run("sketches", repetition, () -> sketched(catalog, profile, id));
        run("rows", repetition, () -> scanned(table, profile));
      }
    } finally {
      Local.delete(folder);
    }
  }

  private interface Work {
    DriftReport run();
  }

  private static void run(String name, int repetition, Work work) {
    long start = System.nanoTime();
    long cpu = Local.cpuNanos();
    DriftReport report = work.run();
    DriftReport.Entry delay = report.entries().get(0);
    System.out.printf(
        Locale.ROOT,
        "OURS %s %d %.4f %.4f %d rows, PSI of %s %.4f (%.4f to %.4f)%n",
        name,
        repetition,
        (System.nanoTime() - start) / 1e9,
        (Local.cpuNanos() - cpu) / 1e9,
        delay.rows(),
        delay.column(),
        delay.psi(),
        delay.psiLow(),
        delay.psiHigh());
  }

  private static DriftReport sketched(TableCatalog catalog, Profile profile, long id) {
    SketchDrift told = SketchDrift.of(catalog.load(TABLE), null, id, profile, null, Period.DAY);
    return DriftReport.of(told.profile(), told.counts(), 0.2);
  }

  private static DriftReport scanned(Table table, Profile profile) {
    SnapshotRef now = new SnapshotRef(TABLE, table.uuid(), table.currentSnapshot().snapshotId());
    Pipeline pipeline = Pipeline.create(Local.options("direct"));
    pipeline
        .apply(
            "drift",
            new ComputeDrift(
                Splits.of(table, now, null, 32 << 20, 2 * Local.CORES),
                SerializableTable.copyOf(table),
                profile,
                null,
                Period.DAY))
        .apply("keep", ParDo.of(new Keep()));
    pipeline.run().waitUntilFinish();
    return DriftReport.of(profile, counted, 0.2);
  }

  private static final class Keep extends DoFn<DriftCounts, Void> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element DriftCounts counts) {
      counted = counts;
    }
  }

  /** The flights again and again until there are rows enough, in two commits. */
  private static Table write(TableCatalog catalog, Path files, long rows) throws IOException {
    Sources sources = Sources.of(catalog.io(), SourceFiles.of(files, "*.parquet"));
    Table table =
        catalog.create(
            TABLE, sources.schema(), PartitionSpec.unpartitioned(), SortOrder.unsorted(), Map.of());
    for (int half = 0; half < 2; half++) {
      try (BatchWriter writer = BatchWriter.open(table, "drift", "r" + half).sketching()) {
        while (writer.rows() < rows / 2) {
          for (FileSplit split : sources.splits()) {
            append(catalog, sources, split, writer, rows / 2);
          }
        }
        Token token = Token.ofRun("drift", "r" + half, List.of());
        Committed done =
            new Committer(catalog)
                .commit(
                    Change.append(TABLE, token, writer.finish()),
                    new SketchStatistics(writer.sketch()));
        System.err.println(done.summary().get("added-records") + " rows written");
      }
    }
    table.refresh();
    return table;
  }

  private static void append(
      TableCatalog catalog, Sources sources, FileSplit split, BatchWriter writer, long most)
      throws IOException {
    try (BatchReader reader =
        BatchReader.openByName(
            catalog.io().newInputFile(split.path()),
            sources.schema(),
            split.start(),
            split.length())) {
      while (reader.hasNext() && writer.rows() < most) {
        RowBatch batch = reader.next();
        writer.accept(batch);
      }
    }
  }
}
