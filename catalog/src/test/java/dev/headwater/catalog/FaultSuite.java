package dev.headwater.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.commit.BaseMovedException;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Edit;
import dev.headwater.catalog.commit.FakeFiles;
import dev.headwater.catalog.commit.FileCheck;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Tags;
import dev.headwater.catalog.commit.Token;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.GenericStatisticsFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every single call of a commit to the database or to a file fails once, before it took effect or
 * after, with and without another writer at that moment; then the same commit is tried again.
 */
@Execution(ExecutionMode.CONCURRENT)
abstract class FaultSuite {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Backend backend;
  private final int every;
  private final Faults faults = new Faults();
  private TableCatalog sound;
  private TableCatalog faulty;
  private int tables;

  /**
   * A suite over a catalog.
   *
   * @param every how many calls to go on: of a case each second, of the next one the others. All
   *     with {@code -Dheadwater.faults.every=1}
   */
  FaultSuite(Backend backend, int every) {
    this.backend = backend;
    this.every = Integer.getInteger("headwater.faults.every", every);
  }

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    CatalogConfig config = backend.fresh(directory);
    sound = TableCatalog.open(config);
    faulty = faulty(config, faults);
  }

  final TableCatalog sound() {
    return sound;
  }

  final TableCatalog faulty() {
    return faulty;
  }

  /** The same catalog, reached through what fails. */
  TableCatalog faulty(CatalogConfig config, Faults with) throws Exception {
    return TableCatalog.open(
        config, with.jdbc(Database.source(config)), with.files(new LocalFileIO()));
  }

  @AfterEach
  void close() {
    faulty.close();
    sound.close();
  }

  /** What is done to a table of 1 and 2 in one file, 11 in another partition's. */
  enum Mode {
    APPEND,
    REPLACE,
    OVERWRITE,
    PARTITIONS,
    DELETE,
    REWRITE
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
    "OVERWRITE, true, false",
    "OVERWRITE, true, true",
    "PARTITIONS, false, true",
    "PARTITIONS, true, true",
    "DELETE, true, true",
    "REWRITE, false, true",
    "REWRITE, true, false",
    "REWRITE, true, true",
  })
  void isCommittedOnceWhicheverCallFails(Mode mode, boolean after, boolean rival) throws Exception {
    int call = before(mode.name().hashCode() + (after ? 1 : 0) + (rival ? 1 : 0));
    boolean met = true;
    while (met) {
      call += every;
      TableRef ref = TableRef.of("demo", "t" + tables++);
      met = once(ref, mode, call, rival, meanwhile -> Faults.failing(after, meanwhile));
    }
    assertThat(call).as("calls of a commit").isGreaterThan(10);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void isCommittedOnceWhereverAnotherWriterComesFirst(Mode mode) throws Exception {
    int call = before(mode.name().hashCode());
    boolean met = true;
    while (met) {
      call += every;
      met = once(TableRef.of("demo", "t" + tables++), mode, call, true, Faults::passing);
    }
    assertThat(call).as("calls of a commit").isGreaterThan(10);
  }

  /** Before the first call of a case of that number. */
  private int before(int number) {
    return Math.floorMod(number, every) + 1 - every;
  }

  /** Makes what happens at the chosen call out of what another writer does meanwhile. */
  private interface Trouble {
    Faults.Event with(Runnable meanwhile);
  }

  private boolean once(TableRef ref, Mode mode, int call, boolean rival, Trouble trouble)
      throws Exception {
    return once(
        ref,
        mode,
        rival,
        "call " + call,
        meanwhile -> faults.arm(call, trouble.with(meanwhile)),
        faults::disarm);
  }

  /** Commits while something happens that is prepared here, with what a rival does at that time. */
  final void once(TableRef ref, boolean rival, String what, Consumer<Runnable> prepare)
      throws Exception {
    once(ref, Mode.APPEND, rival, what, prepare, () -> true);
  }

  private boolean once(
      TableRef ref,
      Mode mode,
      boolean rival,
      String what,
      Consumer<Runnable> prepare,
      BooleanSupplier happened)
      throws Exception {
    Table table = FakeFiles.createPartitioned(sound, ref);
    Committer good = new Committer(sound, FileCheck.LENGTH, PATIENCE);
    good.commit(
        Change.append(
            ref,
            token("first"),
            List.of(FakeFiles.write(table, 1, 2), FakeFiles.write(table, 11))));
    // The rival of a rewrite changes the very same file; the others' only adds one.
    Supplier<Change> other =
        mode == Mode.REWRITE
            ? () -> FakeFiles.exchange(ref, sound.load(ref), token("rival"), 1, 7)
            : () -> Change.append(ref, token("rival"), List.of(FakeFiles.write(table, 5)));
    Runnable meanwhile =
        () -> {
          if (rival) {
            good.commit(other.get());
          }
        };

    Change change = change(ref, mode);
    prepare.accept(meanwhile);
    Committer shaky = new Committer(faulty, FileCheck.LENGTH, PATIENCE);
    Committed done;
    while (true) {
      try {
        done = shaky.commit(change, FaultSuite::parent);
        break;
      } catch (BaseMovedException e) {
        assertThat(mode).isEqualTo(Mode.REWRITE);
        change = change(ref, mode);
      }
    }
    boolean met = happened.getAsBoolean();
    Committed again = good.commit(change, FaultSuite::parent);

    assertThat(done.already()).as(what).isFalse();
    assertThat(again.already()).as(what).isTrue();
    assertThat(again.snapshot()).as(what).isEqualTo(done.snapshot());
    check(sound.load(ref), mode, met && rival ? 3 : 2, what);
    checkStatistics(sound.load(ref), Objects.requireNonNull(done.snapshotId()), what);
    return met;
  }

  /** Statistics that say which snapshot came before. */
  private static StatisticsFile parent(
      FileIO io, String location, TableMetadata next, Snapshot snapshot) {
    byte[] bytes = String.valueOf(snapshot.parentId()).getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = io.newOutputFile(location).create()) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new GenericStatisticsFile(
        snapshot.snapshotId(), location, bytes.length, bytes.length, List.of());
  }

  /** The snapshot has the statistics of exactly the snapshot before it. */
  private static void checkStatistics(Table table, long id, String what) throws IOException {
    assertThat(table.statisticsFiles()).as(what).hasSize(1);
    StatisticsFile file = table.statisticsFiles().get(0);
    assertThat(file.snapshotId()).as(what).isEqualTo(id);
    try (InputStream in = table.io().newInputFile(file.path()).newStream()) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .as(what)
          .isEqualTo(String.valueOf(table.snapshot(id).parentId()));
    }
  }

  /** The change as it is computed from the table as it is now. */
  private Change change(TableRef ref, Mode mode) {
    Table now = sound.load(ref);
    Token token = token("ours");
    Expression low = Expressions.lessThan("id", 10L);
    if (mode == Mode.DELETE) {
      return Change.delete(ref, token, low);
    }
    if (mode == Mode.REWRITE) {
      return FakeFiles.exchange(ref, now, token, 2, 3);
    }
    List<DataFile> files = List.of(FakeFiles.write(now, 3, 4));
    return switch (mode) {
      case APPEND -> Change.append(ref, token, files);
      case REPLACE -> Change.replace(ref, token, files);
      case OVERWRITE -> Change.of(ref, new Edit.Overwrite(low), token, files);
      default -> Change.of(ref, new Edit.OverwritePartitions(), token, files);
    };
  }

  private static Token token(String run) {
    return Token.ofRun("sink", run, List.of("in"));
  }

  /** What the rows are after a change of the rows that were. */
  private static void apply(Mode mode, String token, List<Long> ids) {
    switch (token) {
      case "sink/first" -> ids.addAll(List.of(1L, 2L, 11L));
      case "sink/rival" -> {
        ids.add(mode == Mode.REWRITE ? 7L : 5L);
        ids.removeIf(id -> mode == Mode.REWRITE && id == 1);
      }
      default -> {
        switch (mode) {
          case REPLACE -> ids.clear();
          case OVERWRITE, PARTITIONS, DELETE -> ids.removeIf(id -> id < 10);
          case REWRITE -> ids.remove(2L);
          case APPEND -> {}
        }
        ids.addAll(
            switch (mode) {
              case DELETE -> List.<Long>of();
              case REWRITE -> List.of(3L);
              default -> List.of(3L, 4L);
            });
      }
    }
  }

  /** One snapshot a token; the rows are what the snapshots, in their order, say; all is there. */
  private static void check(Table table, Mode mode, int snapshots, String what) throws Exception {
    List<Long> expected = new ArrayList<>();
    List<String> tokens = new ArrayList<>();
    Snapshot last = null;
    for (Snapshot snapshot : table.snapshots()) {
      assertThat(snapshot.parentId()).isEqualTo(last == null ? null : (Long) last.snapshotId());
      last = snapshot;
      String token = Objects.requireNonNull(snapshot.summary().get(SummaryKeys.TOKEN));
      tokens.add(token);
      apply(mode, token, expected);
    }
    expected.sort(null);
    assertThat(tokens).as(what).hasSize(snapshots).doesNotHaveDuplicates();
    assertThat(FakeFiles.ids(table)).as(what).isEqualTo(expected);
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
            .commit(Change.append(ref, token("first"), List.of(FakeFiles.write(table, 1))))
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
