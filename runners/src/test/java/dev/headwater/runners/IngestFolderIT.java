package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.files.SourceFormat;
import dev.headwater.ingest.IngestFolder;
import dev.headwater.validate.Letters;
import dev.headwater.validate.SchemaFit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.Table;
import org.joda.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A pipeline of a user's own over a folder, into a table that a project made: each file once, on
 * Flink whose worker dies right after commits, killed before and behind a commit and begun anew
 * without state, twice at once, and beside the project's own runs.
 */
final class IngestFolderIT {
  private static final TableRef ORDERS = new TableRef("lake", "shop", "orders");

  @TempDir private Path folder = Path.of("unset");

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private TestProject project;

  private int files;

  @BeforeEach
  void project() throws IOException {
    project = new TestProject(folder.resolve("p"));
    project.yaml(
        """
        project: shop
        catalogs:
          lake: {catalog-impl: %s, uri: "jdbc:sqlite:%s", warehouse: %s, access: write}
        sources:
          in: {files: "data/*.csv"}
        tables:
          orders: {from: in, catalog: lake, write: append, schema: {rename: {n: many}}}
        """
            .formatted(
                PausedCatalog.class.getName(),
                folder.resolve("lake.db"),
                folder.resolve("lake").toUri()));
    file();
    runs();
  }

  /** One more file, with a row that is none. */
  private void file() throws IOException {
    file("id,n\n" + files + ",1\noops\n");
  }

  private void file(String text) throws IOException {
    Path whole = Files.writeString(folder.resolve("new"), text);
    Path to = project.folder().resolve("data").resolve(files++ + ".csv");
    Files.move(whole, to, StandardCopyOption.ATOMIC_MOVE);
  }

  private void runs() {
    assertThat(project.headwater("run")).as(project.said()).isZero();
  }

  /** What runs in a process of its own, to be killed. */
  static final class Job {
    private Job() {}

    public static void main(String[] args) {
      begin(Path.of(args[0]), direct(), false).waitUntilFinish();
    }
  }

  private static PipelineOptions direct() {
    return PipelineOptionsFactory.fromArgs("--blockOnRun=false", "--targetParallelism=2").create();
  }

  private static CatalogConfig lake(Path folder) {
    return new CatalogConfig(
        "lake",
        Map.of(
            "catalog-impl",
            PausedCatalog.class.getName(),
            "uri",
            "jdbc:sqlite:" + folder.resolve("lake.db"),
            "warehouse",
            folder.resolve("lake").toUri().toString()));
  }

  private static PipelineResult begin(Path folder, PipelineOptions options, boolean dies) {
    Pipeline pipeline = Pipeline.create(options);
    String run = "job-" + System.nanoTime();
    SchemaPolicy policy = SchemaPolicy.DEFAULT.rename("n", "many");
    PCollection<Committed> done =
        pipeline.apply(
            "Folder",
            IngestFolder.into(lake(folder), ORDERS, Letters.of(ORDERS), "ingest.orders", run)
                .files(folder.resolve("p"), SourceFormat.of(SourceFormat.Kind.CSV), "data/*.csv")
                .settle(Duration.ZERO)
                .every(Duration.millis(100))
                .undecoded(Letters.undecoded(run, 0))
                .schema(policy, SchemaFit.rule(policy, run, 0)));
    if (dies) {
      done.apply("Die", ParDo.of(new DiesAfterCommits()));
    }
    return pipeline.run();
  }

  private List<String> rows(TableRef ref) throws IOException {
    try (TableCatalog catalog = TableCatalog.open(lake(folder))) {
      return TestProject.rows(catalog.load(ref), ref);
    }
  }

  /** Each file's row and letter are there, once; all files came so far. */
  private boolean whole() throws IOException {
    List<String> ids = new ArrayList<>();
    rows(ORDERS).forEach(row -> ids.add(row.split(" ", -1)[0]));
    List<String> bad = new ArrayList<>();
    rows(Letters.of(ORDERS)).forEach(row -> bad.add(row.split(" ", -1)[0].replaceFirst(".*/", "")));
    assertThat(ids).as("no row twice").doesNotHaveDuplicates();
    assertThat(bad).as("no letter twice").doesNotHaveDuplicates();
    List<Integer> all = IntStream.range(0, files).boxed().toList();
    return ids.containsAll(all.stream().map(String::valueOf).toList())
        && bad.containsAll(all.stream().map(n -> n + ".csv").toList());
  }

  private void await() throws Exception {
    Instant late = Instant.now().plusSeconds(180);
    while (!whole()) {
      assertThat(Instant.now()).as("%s\n%s", rows(ORDERS), files).isBefore(late);
      Thread.sleep(50);
    }
  }

  @Test
  void onFlinkThoughItsWorkerDiesAfterCommits() throws Exception {
    DiesAfterCommits.reset();
    FlinkPipelineOptions options = Numbers.flink();
    options.setAttachedMode(false);
    PipelineResult job = begin(folder, options, true);
    try {
      for (int i = 0; i < 4; i++) {
        file();
        await();
      }
      Instant late = Instant.now().plusSeconds(180);
      while (DiesAfterCommits.again() == 0 && Instant.now().isBefore(late)) {
        Thread.sleep(50);
      }
    } finally {
      job.cancel();
    }
    assertThat(DiesAfterCommits.again()).as("commits that came again").isPositive();
    assertThat(whole()).isTrue();
    assertThat(rows(ORDERS)).hasSize(files);
  }

  @Test
  void killedBeforeAndBehindACommitAndBegunAnew() throws Exception {
    for (String at : List.of("before orders 1", "after orders 1")) {
      file();
      file();
      TwoMachinesIT.killed(project.folder(), at, Job.class, List.of(folder.toString()));
    }
    file();
    PipelineResult job = begin(folder, direct(), false);
    try {
      await();
    } finally {
      job.cancel();
    }
    assertThat(rows(ORDERS)).hasSize(files);
  }

  @Test
  void twiceAtOnceAndBesideTheProjectsRuns() throws Exception {
    PipelineResult one = begin(folder, direct(), false);
    PipelineResult other = begin(folder, direct(), false);
    try {
      for (int i = 0; i < 3; i++) {
        file();
        file();
        runs();
      }
      // A file with another column, without a row, and one that only has another name now.
      file("id,many,town\n%d,1,Ulm\noops\n".formatted(files));
      Files.writeString(project.folder().resolve("data/none.csv"), "id,n\n");
      Path data = project.folder().resolve("data");
      Files.move(data.resolve("1.csv"), data.resolve("one.csv"));
      await();
    } finally {
      one.cancel();
      other.cancel();
    }
    runs();
    assertThat(whole()).isTrue();
    assertThat(rows(ORDERS)).hasSize(files).anyMatch(row -> row.endsWith("1 Ulm"));
    try (TableCatalog catalog = TableCatalog.open(lake(folder))) {
      Table table = catalog.load(ORDERS);
      assertThat(table.schema().findField("many")).isNotNull();
      assertThat(table.currentSnapshot().summary().get("headwater.files.total")).isNotNull();
    }
  }
}
