package dev.headwater.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.FakeFiles;
import dev.headwater.catalog.commit.FileCheck;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.maintain.Expiry;
import dev.headwater.catalog.maintain.ExpiryRule;
import dev.headwater.catalog.maintain.Rewrite;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every single call of a compaction's commit and of an expiry fails once, before it took effect or
 * after, with and without another writer at that moment: the table is whole, nothing that it refers
 * to is deleted, and what is done again does nothing.
 */
@Execution(ExecutionMode.CONCURRENT)
abstract class MaintainFaultSuite {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final ExpiryRule RULE =
      new ExpiryRule(Instant.parse("2999-01-01T00:00:00Z"), 1, Map.of());

  private final Backend backend;
  private final int every;
  private final Faults faults = new Faults();
  private TableCatalog sound;
  private TableCatalog faulty;
  private int tables;

  /**
   * A suite over a catalog.
   *
   * @param every as in {@link FaultSuite}
   */
  MaintainFaultSuite(Backend backend, int every) {
    this.backend = backend;
    this.every = Integer.getInteger("headwater.faults.every", every);
  }

  private int before(boolean after, boolean rival) {
    return ((after ? 1 : 0) + (rival ? 1 : 0)) % every + 1 - every;
  }

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    CatalogConfig config = backend.fresh(directory);
    sound = TableCatalog.open(config);
    faulty =
        TableCatalog.open(
            config, faults.jdbc(Database.source(config)), faults.files(new LocalFileIO()));
  }

  @AfterEach
  void close() {
    faulty.close();
    sound.close();
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void aRewriteIsCommittedOnceWhicheverCallFails(boolean after, boolean rival) throws Exception {
    int call = before(after, rival);
    boolean met = true;
    while (met) {
      TableRef ref = TableRef.of("demo", "t" + tables++);
      Table table = FakeFiles.create(sound, ref);
      append(ref, table, "a", 1);
      append(ref, table, "b", 2);
      Rewrite rewrite = rewrite(sound.load(ref), ref, 1, 2);
      Change change = rewrite.change(Token.ofRun("compact", "c1", List.of("in")));

      call += every;
      faults.arm(call, Faults.failing(after, () -> meanwhile(rival, ref, table)));
      Committed done = committer(faulty).commit(change, rewrite);
      met = faults.disarm();
      Committed again = committer(sound).commit(change, rewrite);

      assertThat(again.already()).as("call %d", call).isTrue();
      assertThat(again.snapshot()).as("call %d", call).isEqualTo(done.snapshot());
      check(ref, call, met && rival ? List.of(1L, 2L, 9L) : List.of(1L, 2L));
      assertThat(tokens(ref)).doesNotHaveDuplicates();
    }
    assertThat(call).as("calls of a rewrite").isGreaterThan(10);
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void anExpiryDeletesNothingThatIsInUseWhicheverCallFails(boolean after, boolean rival)
      throws Exception {
    int call = before(after, rival);
    boolean met = true;
    int cleaned = 0;
    int tries = 0;
    while (met) {
      TableRef ref = TableRef.of("demo", "t" + tables++);
      Table table = FakeFiles.create(sound, ref);
      append(ref, table, "a", 1);
      append(ref, table, "b", 2);
      Rewrite rewrite = rewrite(sound.load(ref), ref, 1, 2);
      committer(sound).commit(rewrite.change(Token.ofRun("compact", "c1", List.of("in"))), rewrite);

      call += every;
      faults.arm(call, Faults.failing(after, () -> meanwhile(rival, ref, table)));
      Expiry.Expired done = new Expiry(faulty, PATIENCE).expire(ref, RULE);
      met = faults.disarm();

      assertThat(done.snapshots()).as("call %d", call).hasSize(1);
      tries++;
      cleaned += done.left().isEmpty() ? 1 : 0;
      check(ref, call, met && rival ? List.of(1L, 2L, 9L) : List.of(1L, 2L));
      assertThat(append(ref, table, "b", 99).already()).as("call %d", call).isTrue();
      assertThat(new Expiry(sound).expire(ref, RULE).snapshots().size()).isLessThanOrEqualTo(1);
      check(ref, call, met && rival ? List.of(1L, 2L, 9L) : List.of(1L, 2L));
    }
    assertThat(call).as("calls of an expiry").isGreaterThan(10);
    assertThat(cleaned).isGreaterThan(tries / 2);
  }

  private void meanwhile(boolean rival, TableRef ref, Table table) {
    if (rival) {
      append(ref, table, "rival", 9);
    }
  }

  private static Committer committer(TableCatalog catalog) {
    return new Committer(catalog, FileCheck.LENGTH, PATIENCE);
  }

  private Committed append(TableRef ref, Table table, String run, long id) {
    // Another writer is another sink, or the older one's newest snapshot would be free to go.
    String sink = run.equals("rival") ? "other" : "sink";
    return committer(sound)
        .commit(
            Change.append(
                ref, Token.ofRun(sink, run, List.of("in")), List.of(FakeFiles.write(table, id))));
  }

  private static Rewrite rewrite(Table table, TableRef ref, long... ids) throws IOException {
    List<DataFile> before = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      tasks.forEach(task -> before.add(task.file().copyWithoutStats()));
    }
    return Rewrite.of(
        ref,
        table.currentSnapshot().snapshotId(),
        List.of(new Rewrite.Group(before, Map.of(), List.of(FakeFiles.write(table, ids)))));
  }

  private List<String> tokens(TableRef ref) {
    List<String> tokens = new ArrayList<>();
    for (Snapshot snapshot : sound.load(ref).snapshots()) {
      tokens.add(Objects.requireNonNull(snapshot.summary().get(SummaryKeys.TOKEN)));
    }
    return tokens;
  }

  /** The rows are these; all that any snapshot refers to is there; no file is in it twice. */
  private void check(TableRef ref, int call, List<Long> ids) throws IOException {
    Table table = sound.load(ref);
    assertThat(FakeFiles.ids(table)).as("call %d", call).isEqualTo(ids);
    for (Snapshot snapshot : table.snapshots()) {
      snapshot
          .allManifests(table.io())
          .forEach(m -> assertThat(table.io().newInputFile(m.path()).exists()).isTrue());
      List<String> paths = new ArrayList<>();
      try (CloseableIterable<FileScanTask> tasks =
          table.newScan().useSnapshot(snapshot.snapshotId()).planFiles()) {
        tasks.forEach(task -> paths.add(task.file().location()));
      }
      assertThat(paths).as("call %d", call).doesNotHaveDuplicates();
      paths.forEach(
          p -> assertThat(table.io().newInputFile(p).exists()).as("call %d", call).isTrue());
    }
  }
}
