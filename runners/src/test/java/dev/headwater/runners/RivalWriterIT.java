package dev.headwater.runners;

import static dev.headwater.runners.TestProject.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.RightOfWay;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.pipelines.Engine;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.ProjectLauncher;
import dev.headwater.pipelines.RunReport;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import dev.headwater.table.BatchWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another process commits to a run's table after the run has looked at it and before it commits:
 * the run computes anew, and the rows of both are there.
 */
final class RivalWriterIT {
  private static final TableRef RIDES = TableRef.of("shop", "rides");
  private static final Schema SCHEMA =
      new Schema(
          NestedField.optional(1, "id", Types.LongType.get()),
          NestedField.optional(2, "town", Types.StringType.get()));

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  Path folder;

  private TestProject project;

  /** The rival: a process of its own. */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    try (TableCatalog catalog =
        TableCatalog.open(CatalogConfig.embedded(folder.resolve(".headwater")))) {
      if (args[1].equals("column")) {
        catalog.load(RIDES).updateSchema().addColumn("theirs", Types.LongType.get()).commit();
      }
      Table table = catalog.load(RIDES);
      RowBatchBuilder rows = new RowBatchBuilder(table.schema().select("id", "town"));
      rows.append(2L, "rival");
      rows.append(9L, "rival");
      try (BatchWriter out = BatchWriter.open(table, "rival", args[1])) {
        out.accept(rows.build());
        new Committer(catalog)
            .commit(Change.append(RIDES, Token.ofRun("rival", args[1], List.of()), out.finish()));
      }
    }
  }

  /** The DirectRunner; before a pipeline, which is computed from the table by then. */
  private record Interrupted(Engine engine, AtomicInteger runs, IntConsumer before)
      implements ForwardingEngine {
    @Override
    public void run(Pipeline pipeline, String stage, Watch watch) {
      before.accept(runs.getAndIncrement());
      engine.run(pipeline, stage, watch);
    }
  }

  @BeforeEach
  void project() throws IOException {
    project = new TestProject(folder);
  }

  @Test
  void anUpsertIsComputedAnewFromTheRivalsRows() throws Exception {
    declare("upsert\n    key: id");
    project.file("day1", SCHEMA, row(1L, "x"), row(2L, "x"), row(3L, "x"));
    assertThat(project.headwater("run")).as(project.said()).isZero();
    project.file("day2", SCHEMA, row(2L, "y"), row(9L, "y"), row(10L, "y"));

    assertThat(runBeside("rows")).as("computed twice").isEqualTo(2);
    assertThat(project.rows(RIDES)).containsExactly("1 x", "10 y", "2 y", "3 x", "9 y");
    project.headwater("plan");
    assertThat(project.said()).contains("fresh");
  }

  @Test
  void columnsOfBothAreThere() throws Exception {
    declare("append");
    project.file("day1", SCHEMA, row(1L, "x"));
    assertThat(project.headwater("run")).as(project.said()).isZero();
    Schema more =
        new Schema(
            NestedField.optional(1, "id", Types.LongType.get()),
            NestedField.optional(2, "ours", Types.LongType.get()));
    project.file("day2", more, row(5L, 7L));

    assertThat(runBeside("column")).as("computed twice").isEqualTo(2);
    assertThat(project.rows(RIDES))
        .containsExactly(
            "1 x null null", "2 rival null null", "5 null null 7", "9 rival null null");
  }

  @Test
  void anUpsertEndsBesideAWriterThatIsAlwaysFaster() throws Exception {
    declare("upsert\n    key: id");
    project.file("day1", SCHEMA, row(1L, "x"), row(2L, "x"), row(9L, "x"));
    assertThat(project.headwater("run")).as(project.said()).isZero();
    project.file("day2", SCHEMA, row(2L, "y"), row(9L, "y"));
    try (Busy busy = new Busy(folder)) {
      assertThat(runBeside(run -> busy.awaitOne())).as("computed twice").isEqualTo(2);
      int before = busy.commits.get();
      while (busy.commits.get() == before) {
        Thread.sleep(10);
      }
    }
    int since = 0;
    try (TableCatalog catalog = project.catalog()) {
      for (Snapshot snapshot : History.of(catalog.load(RIDES))) {
        if (!snapshot.summary().getOrDefault(SummaryKeys.TOKEN, "").startsWith("busy/")) {
          break;
        }
        since++;
      }
      assertThat(catalog.load(RIDES).properties()).doesNotContainKey(RightOfWay.KEY);
    }
    List<String> rows = project.rows(RIDES);
    assertThat(rows).startsWith("1 x", "2 busy").endsWith("2 y", "9 y").hasSize(since + 3);
    assertThat(rows.subList(1, since + 1)).containsOnly("2 busy");
  }

  /** Commits rows of one of the upsert's keys, one after the other, as a stream does. */
  private static final class Busy implements AutoCloseable {
    private final AtomicInteger commits = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final TableCatalog catalog;
    private final Thread thread = new Thread(this::commit);

    Busy(Path folder) {
      catalog = TableCatalog.open(CatalogConfig.embedded(folder.resolve(".headwater")));
      thread.start();
    }

    private void commit() {
      while (!ended.get()) {
        String run = "r" + commits.get();
        Table table = catalog.load(RIDES);
        RowBatchBuilder rows = new RowBatchBuilder(table.schema());
        rows.append(2L, "busy");
        try (BatchWriter out = BatchWriter.open(table, "busy", run)) {
          out.accept(rows.build());
          new Committer(catalog)
              .commit(Change.append(RIDES, Token.ofRun("busy", run, List.of()), out.finish()));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        commits.incrementAndGet();
        LockSupport.parkNanos(100_000_000);
      }
    }

    /** Until one more has come, unless it has to wait. */
    void awaitOne() {
      int before = commits.get();
      while (commits.get() == before
          && !catalog.load(RIDES).properties().containsKey(RightOfWay.KEY)) {
        LockSupport.parkNanos(1_000_000);
      }
    }

    @Override
    public void close() {
      ended.set(true);
      try (catalog) {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private int runBeside(String rival) {
    return runBeside(
        run -> {
          if (run == 0) {
            rival(folder, rival);
          }
        });
  }

  /** Runs the project while the rival commits; how often its pipeline ran. */
  private int runBeside(IntConsumer rival) {
    AtomicInteger runs = new AtomicInteger();
    Project read = ProjectFile.read(folder.resolve("headwater.yaml"));
    Engine engine = new Interrupted(new DirectEngine(List.of()), runs, rival);
    try (Launcher launcher = ProjectLauncher.open(read, LaunchOptions.DEFAULT, engine)) {
      RunReport report = launcher.run(read.targets(), false, Progress.NONE);
      assertThat(report.failed()).as(String.valueOf(report.stages())).isFalse();
    }
    return runs.get();
  }

  private static void rival(Path folder, String what) {
    try {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  RivalWriterIT.class.getName(),
                  folder.toString(),
                  what)
              .inheritIO()
              .start();
      assertThat(process.waitFor()).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void declare(String write) throws IOException {
    project.yaml(
        """
        project: shop
        sources:
          rides_file: data/*.parquet
        tables:
          rides:
            from: rides_file
            write: %s
        """
            .formatted(write));
  }
}
