package dev.headwater.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.files.RawRow;
import dev.headwater.pipelines.project.ProjectFile;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.table.BatchWriter;
import dev.headwater.upsert.TableFile;
import dev.headwater.validate.Letter;
import dev.headwater.validate.LetterBatch;
import dev.headwater.validate.Letters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replay that ends at each of its steps, and replays that meet. */
final class LetterReplayTest {
  private static final TableRef ORDERS = TableRef.of("shop", "orders");
  private static final Schema SCHEMA =
      new Schema(Types.NestedField.optional(1, "id", Types.LongType.get()));
  private static final Target TARGET = new Target(Target.Kind.TABLE, "orders");
  private static final String SINK = "replay.orders";

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  @SuppressWarnings("NullAway.Init")
  private Workspace workspace;

  @SuppressWarnings("NullAway.Init")
  private Stages stages;

  @BeforeEach
  void open() throws IOException {
    Files.writeString(
        folder.resolve("headwater.yaml"),
        """
        project: shop
        sources: {in: {files: in.jsonl, columns: {id: long}}}
        tables: {orders: {from: in, write: append}}
        """);
    workspace = Workspace.open(ProjectFile.read(folder));
    stages = new Stages(workspace, new NoEngine());
    workspace
        .catalog()
        .create(ORDERS, SCHEMA, PartitionSpec.unpartitioned(), SortOrder.unsorted(), Map.of());
    workspace
        .catalog()
        .create(
            Letters.of(ORDERS),
            Letters.SCHEMA,
            PartitionSpec.unpartitioned(),
            SortOrder.unsorted(),
            Map.of());
    lettered("{\"id\":1}", "{\"id\":2}", "{\"id\":\"x\"}");
  }

  @AfterEach
  void close() {
    workspace.close();
  }

  private static final class NoEngine implements Engine {
    @Override
    public String name() {
      return "none";
    }

    @Override
    public String version() {
      return "0";
    }

    @Override
    public int workers() {
      return 1;
    }

    @Override
    public PipelineOptions options(String jobName) {
      throw new UnsupportedOperationException("appended rows need no pipeline");
    }

    @Override
    public void run(Pipeline pipeline, String stage, Watch watch) {
      throw new UnsupportedOperationException("appended rows need no pipeline");
    }
  }

  /** An ingest's letters. */
  private void lettered(String... rows) throws IOException {
    String run = UUID.randomUUID().toString();
    LetterBatch letters = new LetterBatch(run, 0);
    for (int i = 0; i < rows.length; i++) {
      byte[] bytes = rows[i].getBytes(StandardCharsets.UTF_8);
      letters.add(
          new Letter(
              "in.jsonl",
              i,
              List.of(new Letter.Reason("type", "once", null, null)),
              null,
              RawRow.text(RawRow.JSON, List.of(), bytes, bytes.length)));
    }
    TableRef ref = Letters.of(ORDERS);
    try (BatchWriter out = BatchWriter.open(workspace.catalog().load(ref), "ingest", run)) {
      out.accept(Objects.requireNonNull(letters.take()));
      new Committer(workspace.catalog())
          .commit(Change.append(ref, new Token("ingest.letters", run, run), out.finish()));
    }
  }

  private Map<String, Object> replay() {
    RunRecords records = new RunRecords(workspace, run -> null);
    RegistryJournal journal =
        new RegistryJournal(workspace.registry().journal(), workspace.registry().locks());
    try (Chronicle chronicle = Chronicle.open(workspace, journal, records)) {
      return new LetterReplay(stages, chronicle, TARGET)
          .replay(new LetterTask.Replay(LetterFilter.OPEN, null, false))
          .answer("orders", false)
          .data();
    }
  }

  private Run run() {
    Run run =
        Run.open(
            "shop",
            "replay",
            "replay/orders",
            null,
            List.of(new Edge("table", Letters.of(ORDERS).toString(), "1")),
            Map.of(),
            "d",
            "1");
    workspace.registry().runs().start(run);
    return run;
  }

  private LetterWork tried(Run run) {
    TableDecl table = Objects.requireNonNull(workspace.project().tables().get("orders"));
    LetterTable letters = new LetterTable(stages, TARGET);
    LetterWork work =
        new LetterWork(
            stages, TARGET, table, letters, SINK, run, workspace.catalog().load(ORDERS), false);
    work.of(letters.find().orElseThrow(), LetterFilter.OPEN, null);
    return work;
  }

  private static void commit(LetterWork work, Run run) {
    work.commit(
        new Token(SINK, "after-none", run.id().toString()),
        Map.of(
            SummaryKeys.RUN,
            run.id().toString(),
            SummaryKeys.STAGE,
            "replay",
            SummaryKeys.TARGET,
            TARGET.toString(),
            LetterSettling.OUTCOME,
            String.join(",", work.outcome())),
        history -> {});
  }

  private LetterSettling settling() {
    return new LetterSettling(new LetterTable(stages, TARGET), SINK);
  }

  private List<Object> ids() throws IOException {
    Table table = workspace.catalog().load(ORDERS);
    List<Object> out = new ArrayList<>();
    for (TableFile file : TableFile.all(table)) {
      file.read(table, SCHEMA, (batch, first) -> take(batch, out));
    }
    return List.copyOf(new TreeSet<>(out)).size() == out.size() ? sorted(out) : out;
  }

  private static List<Object> sorted(List<Object> all) {
    return List.copyOf(new TreeSet<>(all));
  }

  private static void take(RowBatch batch, List<Object> to) {
    for (int row = 0; row < batch.size(); row++) {
      to.add(String.valueOf(Values.of(batch.column(0), Types.LongType.get(), row)));
    }
  }

  private long open(boolean done) {
    LetterTable letters = new LetterTable(stages, TARGET);
    List<String> all = new ArrayList<>();
    LetterFilter which = new LetterFilter(List.of(), null, null, null, null, null, done);
    letters.each(letters.find().orElseThrow(), which, letter -> all.add(letter.id()));
    return all.size();
  }

  private void allOnce(long letters) throws IOException {
    assertThat(ids()).containsExactly("1", "2");
    assertThat(open(false)).isEqualTo(1);
    assertThat(open(true)).isEqualTo(letters);
    assertThat(workspace.registry().runs().allOpen("shop")).isEmpty();
    assertThat(replay()).containsEntry("replayed", 0L).containsEntry("still", 1L);
    assertThat(ids()).containsExactly("1", "2");
  }

  @Test
  void killedBeforeItsCommitItWasNothing() throws IOException {
    Run run = run();
    tried(run).close();

    assertThat(replay()).containsEntry("replayed", 2L).containsEntry("finished", 0L);
    allOnce(3);
    assertThat(workspace.registry().runs().find(run.id()).orElseThrow().status())
        .isEqualTo(Run.Status.FAILED);
  }

  @Test
  void killedBetweenItsCommitsItIsFinishedByTheNext() throws IOException {
    Run run = run();
    try (LetterWork work = tried(run)) {
      commit(work, run);
    }
    // What an ingest brings meanwhile is no letter of that replay.
    lettered("{\"id\":\"y\"}");
    assertThat(ids()).containsExactly("1", "2");
    assertThat(open(false)).isEqualTo(4);

    assertThat(replay())
        .containsEntry("finished", 2L)
        .containsEntry("replayed", 0L)
        .containsEntry("still", 2L);
    assertThat(ids()).containsExactly("1", "2");
    assertThat(open(false)).isEqualTo(2);
    assertThat(open(true)).isEqualTo(4);
    Run closed = workspace.registry().runs().find(run.id()).orElseThrow();
    assertThat(closed.status()).isEqualTo(Run.Status.SUCCEEDED);
    assertThat(closed.outputs()).hasSize(2);
  }

  @Test
  void killedBeforeItsRecordIsClosedAllIsDone() throws IOException {
    Run run = run();
    try (LetterWork work = tried(run)) {
      commit(work, run);
      settling().settle(run.id().toString(), work.outcome(), Map.of());
    }
    assertThat(replay()).containsEntry("finished", 0L).containsEntry("replayed", 0L);
    allOnce(3);
  }

  @Test
  void ofTwoThatBeganFromTheSameLettersOneIsRefused() throws IOException {
    Run first = run();
    Run second = run();
    try (LetterWork one = tried(first);
        LetterWork two = tried(second)) {
      commit(one, first);
      assertThatThrownBy(() -> commit(two, second))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("holds it with other inputs");
      // Nor after the first has told the letters.
      settling().settle(first.id().toString(), one.outcome(), Map.of());
      assertThatThrownBy(() -> commit(two, second)).isInstanceOf(HeadwaterException.class);
    }
    assertThat(replay()).containsEntry("replayed", 0L);
    allOnce(3);
  }

  @Test
  void aTableThatWasMadeAnewHasOtherLetters() throws IOException {
    Run run = run();
    try (LetterWork work = tried(run)) {
      commit(work, run);
    }
    // Killed; then all files are read again, and the letters are new ones.
    TableRef ref = Letters.of(ORDERS);
    new Committer(workspace.catalog())
        .commit(Change.replace(ref, new Token("ingest.letters", "again", "x"), List.of()));
    new Committer(workspace.catalog())
        .commit(Change.replace(ORDERS, new Token("ingest", "again", "x"), List.of()));
    lettered("{\"id\":1}", "{\"id\":2}", "{\"id\":\"x\"}");
    assertThat(ids()).isEmpty();

    assertThat(replay()).containsEntry("finished", 0L).containsEntry("replayed", 2L);
    allOnce(3);
  }
}
