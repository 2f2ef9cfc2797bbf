package dev.headwater.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatch;
import dev.headwater.ingest.SourceFiles;
import dev.headwater.ingest.Sources;
import dev.headwater.parquet.BatchReader;
import dev.headwater.sketch.ColumnSummary;
import dev.headwater.sketch.SketchBuilder;
import dev.headwater.sketch.SketchStatistics;
import dev.headwater.sketch.TableProfile;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.FileSplit;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;

/**
 * What sketches cost and what they save, in one thread: the batches of the flights, in memory, four
 * times through a {@link SketchBuilder} alone; the same through a writer with and without them; and
 * the profile of the table that it wrote.
 */
final class Profiles {
  private static final TableRef TABLE = TableRef.of("flights", "flights");
  private static final int TIMES = 4;

  private Profiles() {}

  /** Arguments: the folder of the files, repetitions. */
  public static void main(String[] args) throws IOException {
    try (TableCatalog catalog =
        TableCatalog.open(CatalogConfig.embedded(Files.createTempDirectory("headwater-profile")))) {
      Sources sources = Sources.of(catalog.io(), SourceFiles.of(Path.of(args[0]), "*.parquet"));
      List<RowBatch> batches = read(catalog, sources);
      Table table =
          catalog.create(
              TABLE,
              sources.schema(),
              PartitionSpec.unpartitioned(),
              SortOrder.unsorted(),
              Map.of());
      for (int repetition = 1; repetition <= Integer.parseInt(args[1]); repetition++) {
        run("sketch", repetition, () -> sketch(sources, batches));
        run("write", repetition, () -> write(catalog, table, batches, "none"));
        run("write_sketches", repetition, () -> write(catalog, table, batches, "full"));
        run("profile", repetition, () -> profile(catalog));
      }
    }
  }

  private interface Work {
    String run() throws IOException;
  }

  private static void run(String name, int repetition, Work work) throws IOException {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long start = System.nanoTime();
    long cpu = system.getProcessCpuTime();
    String what = work.run();
    System.out.printf(
        Locale.ROOT,
        "OURS %s %d %.3f %.3f %s%n",
        name,
        repetition,
        (System.nanoTime() - start) / 1e9,
        (system.getProcessCpuTime() - cpu) / 1e9,
        what);
  }

  private static List<RowBatch> read(TableCatalog catalog, Sources sources) throws IOException {
    List<RowBatch> out = new ArrayList<>();
    for (FileSplit split : sources.splits()) {
      try (BatchReader reader =
          BatchReader.openByName(
              catalog.io().newInputFile(split.path()),
              sources.schema(),
              split.start(),
              split.length())) {
        reader.forEachRemaining(out::add);
      }
    }
    return out;
  }

  private static String sketch(Sources sources, List<RowBatch> batches) {
    SketchBuilder builder = SketchBuilder.of(sources.schema(), Map.of());
    for (int i = 0; i < TIMES; i++) {
      batches.forEach(builder::add);
    }
    var sketch = builder.build();
    return sketch.rows() + " rows " + sketch.toBytes().length + " bytes";
  }

  private static String write(
      TableCatalog catalog, Table table, List<RowBatch> batches, String sketches)
      throws IOException {
    table.updateProperties().set("headwater.sketches.default", sketches).commit();
    String run = "r" + System.nanoTime();
    try (BatchWriter writer = BatchWriter.open(table, "profile", run).sketching()) {
      for (int i = 0; i < TIMES; i++) {
        for (RowBatch batch : batches) {
          writer.accept(batch);
        }
      }
      Change change =
          Change.replace(TABLE, Token.ofRun("profile", run, List.of()), writer.finish());
      new Committer(catalog).commit(change, new SketchStatistics(writer.sketch()));
      return writer.rows() + " rows";
    }
  }

  private static String profile(TableCatalog catalog) {
    Table table = catalog.load(TABLE);
    TableProfile profile = TableProfile.of(table, table.currentSnapshot().snapshotId());
    ColumnSummary delay = profile.column("delay", 10).orElseThrow();
    profile.schema().columns().forEach(c -> profile.column(c.name(), 10));
    return profile.rows() + " rows, delays " + delay.mean();
  }
}
