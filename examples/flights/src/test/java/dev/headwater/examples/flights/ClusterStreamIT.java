package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.rows.RowBatchCoder;
import dev.headwater.runners.WorkerLib;
import dev.headwater.table.AppendStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two streams, of a source of Beam's and of a topic, in a job on a Flink session cluster, into
 * tables of PostgreSQL's catalog: their checkpoints' disk gets full, their workers and their
 * JobManager are killed, they are stopped, resumed and given more workers. Each row once.
 */
final class ClusterStreamIT {
  private static final TableRef REF = TableRef.of("test", "stream");
  private static final long MILLIS = 20;
  private static final long DISK_KIB = 8 << 10;

  /** What two splits may be ahead of what is committed, and of each other. */
  private static final int MORE = 800;

  @TempDir private Path folder = Path.of("unset");

  private final FlinkCluster cluster = FlinkCluster.shared();
  private CatalogConfig config = CatalogConfig.embedded(Path.of("unset"));

  @Test
  void eachRowOnceWhateverHappens() throws Exception {
    Path checkpoints = Files.createDirectories(folder.resolve("checkpoints"));
    config =
        CatalogConfig.postgresql("default", Postgres.database(), folder.resolve("warehouse"))
            .with(CatalogConfig.USER, "postgres");
    try (SmallDisk disk = SmallDisk.at(checkpoints, DISK_KIB);
        TableCatalog catalog = TableCatalog.open(config);
        TopicNumbers topic = new TopicNumbers(catalog)) {
      catalog.create(
          REF, Numbers.SCHEMA, PartitionSpec.unpartitioned(), SortOrder.unsorted(), Map.of());

      String job = send(catalog, topic, 1, null);
      commits(catalog, 2);
      full(disk, job);
      commits(catalog, 2);
      cluster.replaceWorkers();
      commits(catalog, 2);

      // With a savepoint, and then on with two workers instead of one.
      String savepoint = stop(job);
      send(catalog, topic, 2, savepoint);
      commits(catalog, 2);

      // The job is gone with its JobManager; its checkpoint is not.
      cluster.replaceMaster();
      cluster.awaitWorkers(2);
      job = send(catalog, topic, 2, newest(checkpoints));
      commits(catalog, 2);
      int numbers = end(catalog);
      topic.end();
      ended(job);

      String ids = "select unnest(range(0, " + (long) numbers * Numbers.ROWS + ")) id";
      Table table = catalog.load(REF);
      TableOracle.check(table, "id", ids);
      TableOracle.check(
          catalog.load(TopicNumbers.REF),
          "id",
          "select unnest(range(0, " + TopicNumbers.COUNT + ")) id");

      // What the oracle is worth: a file that is there twice, and a number that is not there.
      assertThatThrownBy(() -> TableOracle.check(table, "id", ids + " union all select -1 as id"))
          .isInstanceOf(AssertionError.class);
      table.newFastAppend().appendFile(any(table)).set("headwater.token", "again").commit();
      assertThatThrownBy(() -> TableOracle.check(catalog.load(REF), "id", ids))
          .isInstanceOf(AssertionError.class);
    }
  }

  /** No room for checkpoints: none is completed, the job says why, and goes on when there is. */
  private void full(SmallDisk disk, String job) throws IOException {
    if (!disk.mounted()) {
      System.err.println("No full disk for checkpoints is tried here: " + disk.refusal());
      return;
    }
    disk.leave(0);
    String failed = "/jobs/" + job + "/checkpoints";
    cluster.await(
        "a checkpoint that can't be written",
        () -> cluster.get(failed).at("/counts/failed").asInt() > 0);
    cluster.await(
        "what the command says of it",
        () -> {
          try (Command show = command("job", "show", job, "--cluster=" + cluster.address())) {
            return show.status() == 0
                && show.output().contains("no checkpoint")
                && show.output().contains("Is there room for it?");
          }
        });
    disk.free();
  }

  /** Some more numbers than there are rows for, and no more. */
  private int end(TableCatalog catalog) throws IOException {
    long rows = Long.parseLong(catalog.load(REF).currentSnapshot().summary().get("total-records"));
    int numbers = (int) (rows / Numbers.ROWS) + MORE;
    Path written = Files.writeString(folder.resolve("end.tmp"), Integer.toString(numbers));
    Files.move(written, folder.resolve("end"));
    return numbers;
  }

  private static DataFile any(Table table) throws IOException {
    try (CloseableIterable<FileScanTask> files = table.newScan().planFiles()) {
      return files.iterator().next().file();
    }
  }

  private void commits(TableCatalog catalog, int more) {
    for (TableRef ref : List.of(REF, TopicNumbers.REF)) {
      long before = snapshots(catalog, ref);
      cluster.await("commits of " + ref, () -> snapshots(catalog, ref) >= before + more);
    }
  }

  private static long snapshots(TableCatalog catalog, TableRef ref) {
    long n = 0;
    for (var unused : catalog.load(ref).snapshots()) {
      n++;
    }
    return n;
  }

  private void ended(String job) {
    cluster.await(
        "the end",
        () -> {
          String state = cluster.get("/jobs/" + job).path("state").asText();
          assertThat(state).isNotEqualTo("FAILED");
          return state.equals("FINISHED");
        });
  }

  /** Shows it as it runs, stops it, and returns its savepoint. */
  private String stop(String job) {
    String at = "--cluster=" + cluster.address();
    try (Command list = command("job", "list", at)) {
      assertThat(list.status()).as(list.output()).isZero();
      assertThat(list.output()).contains(job.substring(0, 8), "running");
    }
    try (Command show = command("job", "show", job.substring(0, 6), at)) {
      assertThat(show.status()).as(show.output()).isZero();
      assertThat(show.output()).contains(job, "running", "checkpoint", "BUSY", "last failure");
    }
    String to = cluster.savepoints().toUri().toString();
    try (Command stop = command("job", "stop", job, at, "--savepoint=" + to)) {
      assertThat(stop.status()).as(stop.output()).isZero();
      String word = "savepoint ";
      return stop.output().substring(stop.output().indexOf(word) + word.length()).strip();
    }
  }

  private Command command(String... arguments) {
    return Command.start(folder, Map.of(), arguments);
  }

  /** The checkpoint that was completed last, of whatever job. */
  private static String newest(Path checkpoints) throws IOException {
    try (Stream<Path> files = Files.walk(checkpoints)) {
      return files
          .filter(f -> Files.exists(f.resolve("_metadata")))
          // Not the folder's own time: it changes when an older one's files are deleted.
          .max(Comparator.comparingLong(f -> f.resolve("_metadata").toFile().lastModified()))
          .orElseThrow()
          .toUri()
          .toString();
    }
  }

  private String send(
      TableCatalog catalog, TopicNumbers topic, int parallelism, @Nullable String from)
      throws Exception {
    FlinkPipelineOptions options = PipelineOptionsFactory.as(FlinkPipelineOptions.class);
    options.setRunner(FlinkRunner.class);
    options.setJobName("stream-" + System.nanoTime());
    options.setFlinkMaster(cluster.address());
    options.setAttachedMode(false);
    options.setFilesToStage(
        WorkerLib.toSend(cluster.address()).stream().filter(Command::isNeeded).toList());
    options.setParallelism(parallelism);
    options.setMaxParallelism(16);
    options.setStreaming(true);
    options.setCheckpointingInterval(500L);
    options.setCheckpointingMode("EXACTLY_ONCE");
    options.setNumConcurrentCheckpoints(32);
    options.setRetainExternalizedCheckpointsOnCancellation(true);
    options.setStateBackend("filesystem");
    options.setStateBackendStoragePath(folder.resolve("checkpoints").toUri().toString());
    options.setMaxBundleSize(20L);
    // Only the last job ends by itself: what a job drains when it is stopped comes again.
    options.setEnableStableInputDrain(from != null && from.contains("chk-"));
    if (from != null) {
      options.setSavepointPath(from);
    }
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("Numbers", Read.from(new Numbers(folder.resolve("end"), MILLIS)))
        .apply("Batch", ParDo.of(new Numbers.Batch()))
        .setCoder(RowBatchCoder.of())
        .apply(
            "Append",
            AppendStream.to(config, REF, catalog.load(REF), "numbers", "r1")
                .every(Duration.millis(400)));
    topic.ingest(pipeline, config);
    pipeline.run();
    for (JsonNode job : cluster.get("/jobs/overview").path("jobs")) {
      if (job.path("name").asText().equals(options.getJobName())) {
        return job.path("jid").asText();
      }
    }
    throw new AssertionError("it was not sent: " + cluster.logs());
  }
}
