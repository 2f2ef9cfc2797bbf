package dev.headwater.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.FakeFiles;
import dev.headwater.catalog.commit.FileCheck;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Tags;
import dev.headwater.catalog.commit.Token;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every single call of a commit to the database or to a file fails once, before it took effect or
 * after, with and without another writer at that moment; then the same commit is tried again.
 */
abstract class FaultSuite {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Backend backend;
  private final Faults faults = new Faults();
  private TableCatalog sound;
  private TableCatalog faulty;
  private int tables;

  FaultSuite(Backend backend) {
    this.backend = backend;
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
  @CsvSource({
    "APPEND, false, false",
    "APPEND, true, false",
    "APPEND, false, true",
    "APPEND, true, true",
    "REPLACE, false, true",
    "REPLACE, true, false",
    "REPLACE, true, true",
  })
  void isCommittedOnceWhicheverCallFails(Change.Mode mode, boolean after, boolean rival)
      throws Exception {
    int call = 0;
    boolean met = true;
    while (met) {
      call++;
      TableRef ref = TableRef.of("demo", "t" + tables++);
      met = once(ref, mode, call, rival, meanwhile -> Faults.failing(after, meanwhile));
    }
    assertThat(call).as("calls of a commit").isGreaterThan(10);
  }

  @ParameterizedTest
  @CsvSource({"APPEND", "REPLACE"})
  void isCommittedOnceWhereverAnotherWriterComesFirst(Change.Mode mode) throws Exception {
    int call = 0;
    boolean met = true;
    while (met) {
      call++;
      met = once(TableRef.of("demo", "t" + tables++), mode, call, true, Faults::passing);
    }
    assertThat(call).as("calls of a commit").isGreaterThan(10);
  }

  /** Makes what happens at the chosen call out of what another writer does meanwhile. */
  private interface Trouble {
    Faults.Event with(Runnable meanwhile);
  }

  private boolean once(TableRef ref, Change.Mode mode, int call, boolean rival, Trouble trouble)
      throws Exception {
    Table table = FakeFiles.create(sound, ref);
    Committer good = new Committer(sound, FileCheck.LENGTH, PATIENCE);
    good.commit(change(ref, Change.Mode.APPEND, "first", table, 1, 2));
    Change change = change(ref, mode, "ours", table, 3, 4);
    Change other = change(ref, Change.Mode.APPEND, "rival", table, 5);
    Runnable meanwhile =
        () -> {
          if (rival) {
            good.commit(other);
          }
        };

    faults.arm(call, trouble.with(meanwhile));
    Committed done = new Committer(faulty, FileCheck.LENGTH, PATIENCE).commit(change);
    boolean met = faults.disarm();
    Committed again = good.commit(change);

    assertThat(done.already()).as("call %d", call).isFalse();
    assertThat(again.already()).as("call %d", call).isTrue();
    assertThat(again.snapshot()).as("call %d", call).isEqualTo(done.snapshot());
    check(sound.load(ref), met && rival ? 3 : 2, call);
    return met;
  }

  private static Change change(
      TableRef ref, Change.Mode mode, String run, Table table, long... ids) {
    return new Change(
        ref,
        mode,
        Token.ofRun("sink", run, List.of("in")),
        List.of(FakeFiles.write(table, ids)),
        Map.of(),
        null,
        null);
  }

  /** One snapshot a token; the rows are what the snapshots, in their order, say; all is there. */
  private static void check(Table table, int snapshots, int call) throws Exception {
    List<Long> expected = new ArrayList<>();
    List<String> tokens = new ArrayList<>();
    Snapshot last = null;
    for (Snapshot snapshot : table.snapshots()) {
      assertThat(snapshot.parentId()).isEqualTo(last == null ? null : (Long) last.snapshotId());
      last = snapshot;
      String token = Objects.requireNonNull(snapshot.summary().get(SummaryKeys.TOKEN));
      tokens.add(token);
      if (snapshot.operation().equals("overwrite")) {
        expected.clear();
      }
      switch (token) {
        case "sink/first" -> expected.addAll(List.of(1L, 2L));
        case "sink/ours" -> expected.addAll(List.of(3L, 4L));
        default -> expected.add(5L);
      }
    }
    expected.sort(null);
    assertThat(tokens).as("call %d", call).hasSize(snapshots).doesNotHaveDuplicates();
    assertThat(FakeFiles.ids(table)).as("call %d", call).isEqualTo(expected);
    List<String> paths = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      tasks.forEach(task -> paths.add(task.file().location()));
    }
    assertThat(paths).doesNotHaveDuplicates();
    for (Snapshot snapshot : table.snapshots()) {
      for (var manifest : snapshot.allManifests(table.io())) {
        assertThat(table.io().newInputFile(manifest.path()).exists()).isTrue();
      }
    }
  }

  @Test
  void pinsOnceWhicheverCallFails() {
    TableRef ref = TableRef.of("demo", "pinned");
    Table table = FakeFiles.create(sound, ref);
    SnapshotRef snapshot =
        new Committer(sound)
            .commit(change(ref, Change.Mode.APPEND, "first", table, 1))
            .snapshot()
            .orElseThrow();
    for (boolean after : new boolean[] {false, true}) {
      boolean met = true;
      for (int call = 1; met; call++) {
        String tag = "tag-" + after + call;
        faults.arm(call, Faults.failing(after, () -> {}));
        new Tags(faulty, PATIENCE).pin(snapshot, tag);
        met = faults.disarm();
        assertThat(sound.load(ref).refs()).containsKey(tag);
        assertThat(FakeFiles.ids(sound.load(ref))).containsExactly(1L);
      }
    }
  }

  @Test
  void aTableIsCreatedOnceOrNotAtAll() {
    for (boolean after : new boolean[] {false, true}) {
      boolean met = true;
      for (int call = 1; met; call++) {
        TableRef ref = TableRef.of("demo", "c" + after + call);
        faults.arm(call, Faults.failing(after, () -> {}));
        try {
          faulty.create(
              ref, FakeFiles.SCHEMA, PartitionSpec.unpartitioned(), SortOrder.unsorted(), Map.of());
        } catch (HeadwaterException e) {
          assertThat(e).hasMessageContaining("table demo.c" + after + call);
        }
        met = faults.disarm();
        Table table = sound.find(ref).orElseGet(() -> FakeFiles.create(sound, ref));
        assertThat(FakeFiles.ids(table)).isEmpty();
      }
    }
  }
}
