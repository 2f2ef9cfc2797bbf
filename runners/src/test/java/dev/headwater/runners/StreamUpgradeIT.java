package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.table.BatchWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.joda.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every stream into tables goes on from a savepoint of an older build, in which some of their rows
 * wait for their commit.
 *
 * <p>{@code -Dheadwater.savepoint=FILE} writes that of this build, where its state has to change:
 * then those of released builds stay as they are beside it.
 */
final class StreamUpgradeIT {
  private static final String OLDER = "streams-0.1.0.zip";

  /** So many numbers at least were waiting. */
  private static final int WAITING = 40;

  @TempDir private Path temporary = Path.of("unset");

  @SuppressWarnings("NullAway.Init")
  private KeptStreams kept;

  @SuppressWarnings("NullAway.Init")
  private AllStreams streams;

  @SuppressWarnings("NullAway.Init")
  private MiniCluster flink;

  @BeforeEach
  void start() throws Exception {
    kept = KeptStreams.in(temporary);
    streams = new AllStreams(kept.folder());
    streams.create();
    Configuration how = new Configuration();
    how.set(RestOptions.BIND_PORT, "0");
    flink =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(1)
                .setConfiguration(how)
                .build());
    flink.start();
  }

  @AfterEach
  void end() throws Exception {
    flink.close();
  }

  @Test
  void whatWaitedInAnOlderBuildsSavepointIsCommittedOnce() throws Exception {
    String file = System.getProperty("headwater.savepoint", "");
    if (!file.isEmpty()) {
      FlinkPipelineOptions options = AllStreams.options();
      // One bundle, which the savepoint ends.
      options.setCheckpointingInterval(3_600_000L);
      options.setMaxBundleTimeMills(3_600_000L);
      options.setMaxBundleSize(1_000_000L);
      JobGraph job = job(options, Duration.standardMinutes(1));
      int before = AllStreams.SEEN.get();
      flink.submitJob(job).get();
      await(job, () -> AllStreams.SEEN.get() > before + 2 * WAITING);
      String to = kept.folder().resolve("savepoints").toString();
      String at =
          flink.stopWithSavepoint(job.getJobID(), to, false, SavepointFormatType.CANONICAL).get();
      kept.write(Path.of(file), Path.of(URI.create(at)));
      return;
    }
    Path savepoint = kept.read(OLDER);
    // What the older build's deletions were to take.
    before();
    Files.writeString(kept.folder().resolve("in/a.csv"), "id,kind,at\n1,x,2001-06-01T00:00:00\n");
    FlinkPipelineOptions options = AllStreams.options();
    options.setCheckpointingInterval(1_000L);
    JobGraph job = job(options, Duration.millis(500));
    job.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint.toString()));
    flink.submitJob(job).get();
    for (TableRef ref : List.of(AllStreams.APPENDED, AllStreams.UPSERTED)) {
      await(job, () -> ids(ref).contains((long) AllStreams.WINDOW));
      onceFromZero(ids(ref), 1, 0);
    }
    onceFromZero(ids(AllStreams.EVEN), 2, 0);
    onceFromZero(ids(AllStreams.ODD), 2, 1);
    await(job, () -> !ids(AllStreams.OVERWRITTEN).isEmpty());
    assertThat(ids(AllStreams.OVERWRITTEN).subList(0, AllStreams.WINDOW))
        .isEqualTo(LongStream.range(0, AllStreams.WINDOW).boxed().toList());
    await(job, () -> ids(AllStreams.DELETED).get(0) > WAITING);
    await(job, () -> !ids(AllStreams.COPIED).isEmpty());
    flink.cancelJob(job.getJobID()).get();
    assertThat(ids(AllStreams.LANDED)).containsExactly(1L);
    assertThat(ids(AllStreams.COPIED)).containsExactly(1L);
  }

  /** Each once, each so many, from the first one on. */
  private static void onceFromZero(List<Long> ids, int step, int first) {
    assertThat(ids)
        .hasSizeGreaterThan(WAITING / step)
        .isEqualTo(LongStream.range(0, ids.size()).map(i -> i * step + first).boxed().toList());
  }

  @Test
  void aStepOfAnotherNameIsRefusedWithWhatHelps() throws Exception {
    Path savepoint = kept.read(OLDER);
    StreamGraph graph = BuiltGraph.of(streams.pipeline(AllStreams.options(), Duration.millis(200)));
    graph.getStreamNodes().stream()
        .filter(node -> node.getOperatorName().startsWith("Upsert/Seal"))
        .forEach(node -> graph.setTransformationUID(node.getId(), "Upsert/Sealed"));
    JobGraph job = graph.getJobGraph();
    job.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint.toString()));
    assertThatThrownBy(
            () -> {
              try {
                flink.submitJob(job).get();
                flink.requestJobResult(job.getJobID()).get().toJobExecutionResult(loader());
              } catch (Exception e) {
                StreamRules.unfit(savepoint.toString(), e);
                throw e;
              }
            })
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot go on from " + savepoint)
        .hasMessageContaining("headwater job resume --rebuild");
  }

  private static ClassLoader loader() {
    return StreamUpgradeIT.class.getClassLoader();
  }

  private JobGraph job(FlinkPipelineOptions options, Duration every) {
    return BuiltGraph.of(streams.pipeline(options, every)).getJobGraph();
  }

  private void before() throws IOException {
    try (TableCatalog catalog = streams.catalog();
        BatchWriter out = BatchWriter.open(catalog.load(AllStreams.DELETED), "before", "r")) {
      RowBatchBuilder rows = new RowBatchBuilder(AllStreams.SCHEMA);
      for (long id = 0; id < 8_000; id++) {
        rows.append(id, "x", id);
      }
      out.accept(rows.build());
      Token token = Token.ofRun("before", "r", List.of());
      new Committer(catalog).commit(Change.append(AllStreams.DELETED, token, out.finish()));
    }
  }

  /** In order. */
  private List<Long> ids(TableRef ref) throws IOException {
    try (TableCatalog catalog = streams.catalog()) {
      return TestProject.rows(catalog.load(ref), ref).stream()
          .map(row -> Long.valueOf(row.substring(0, row.indexOf(' '))))
          .sorted()
          .toList();
    }
  }

  private void await(JobGraph job, Callable<Boolean> there) throws Exception {
    long until = System.nanoTime() + java.time.Duration.ofMinutes(5).toNanos();
    while (!there.call()) {
      assertThat(flink.getJobStatus(job.getJobID()).get().isGloballyTerminalState()).isFalse();
      assertThat(System.nanoTime()).isLessThan(until);
      Thread.sleep(500);
    }
  }
}
