package dev.headwater.catalog.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.Backend;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.Database;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the registry promises, on every kind of database. */
abstract class RegistrySuite {
  private static final String P = "flights";

  private final Backend backend;
  private CatalogConfig config;
  private Registry registry;

  RegistrySuite(Backend backend) {
    this.backend = backend;
  }

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    config = backend.fresh(directory);
    registry = Registry.open(config);
  }

  @AfterEach
  void close() {
    registry.close();
  }

  private static Run run(String target, Edge... inputs) {
    return Run.open(
        P, "features", target, null, List.of(inputs), Map.of("k", "v'\"\\"), "decl", "1");
  }

  @Test
  void remembersARunWithWhatItReadAndWrote() {
    Edge in = new Edge("table", "flights.flights", "17");
    Edge out = new Edge("table", "flights.delays", "18");
    Run run = run("delays", in);
    registry.runs().start(run);
    registry.runs().start(run);

    assertThat(registry.runs().open(P, "delays").orElseThrow().id()).isEqualTo(run.id());
    assertThat(registry.runs().lastSucceeded(P, "delays")).isEmpty();
    Run done =
        registry
            .runs()
            .finish(
                run.id(),
                Run.Status.SUCCEEDED,
                List.of(out),
                Map.of("auc", 0.69, "nan", Double.NaN),
                null);
    Run again =
        registry.runs().finish(run.id(), Run.Status.SUCCEEDED, List.of(out), Map.of(), null);

    assertThat(again).isEqualTo(done);
    assertThat(done.inputs()).containsExactly(in);
    assertThat(done.outputs()).containsExactly(out);
    assertThat(done.metrics()).containsEntry("auc", 0.69).containsEntry("nan", Double.NaN);
    assertThat(done.parameters()).containsEntry("k", "v'\"\\");
    assertThat(done.ended()).isAfterOrEqualTo(done.started());
    assertThat(registry.runs().find(run.id())).contains(done);
    assertThat(registry.runs().open(P, "delays")).isEmpty();
    assertThat(registry.runs().lastSucceeded(P, "delays")).contains(done);
    assertThatThrownBy(
            () -> registry.runs().finish(run.id(), Run.Status.FAILED, List.of(), Map.of(), "no"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("it is closed as SUCCEEDED");
    assertThatThrownBy(
            () ->
                registry.runs().finish(RunIds.next(), Run.Status.FAILED, List.of(), Map.of(), "no"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("the registry has none of this id");
  }

  @Test
  void aRegistryOfAnEarlierReleaseIsBackedUpAndMigrated(@TempDir Path older) throws Exception {
    for (int release : List.of(1, 2)) {
      CatalogConfig before = backend.fresh(older.resolve("v" + release));
      Run run = run("delays", new Edge("table", "flights.flights", "17"));
      try (Database database = Database.of(before)) {
        new Migrations(database, release).run();
        int unused = database.transaction("write a run", c -> RunRows.insert(c, run));
      }
      Registry.open(before).close();
      try (Registry now = Registry.open(before);
          Database database = Database.of(before)) {
        assertThat(now.runs().find(run.id()).orElseThrow().target()).isEqualTo("delays");
        assertThat(now.adoptions().of(run.id())).isEmpty();
        assertThat(backedUp(database, release)).containsExactly(run.id().toString());
        int unused =
            database.transaction("alter", c -> Sql.update(c, "DROP INDEX headwater_edges_by_run"));
        assertThatThrownBy(() -> new Migrations(database, release).run())
            .isInstanceOf(HeadwaterException.class)
            .hasMessageContaining("its schema is version 3, this Headwater knows " + release);
      }
    }
  }

  private static List<String> backedUp(Database database, int release) {
    if (database.dialect() == Database.Dialect.POSTGRESQL) {
      return ids(database, "headwater_v" + release + "_runs");
    }
    CatalogConfig config = database.config();
    try (Database old =
        Database.of(config.with(CatalogConfig.URI, config.where() + ".v" + release))) {
      return ids(old, "headwater_runs");
    }
  }

  private static List<String> ids(Database database, String table) {
    return database.run(
        "read", c -> Sql.list(c, row -> row.getString("id"), "SELECT id FROM " + table));
  }

  @Test
  void whatIsAcceptedOfARunLeavesItsRecord() {
    Run run = run("delays");
    registry.runs().start(run);
    registry.runs().finish(run.id(), Run.Status.SUCCEEDED, List.of(), Map.of(), null);
    for (String version : List.of("2", "3")) {
      registry
          .adoptions()
          .add(run.id(), new Adoption(Map.of("k", version), version, "me", "why", Instant.now()));
    }
    Run accepted = registry.runs().lastSucceeded(P, "delays").orElseThrow();
    assertThat(accepted.stageVersion()).isEqualTo("3");
    assertThat(accepted.parameters()).containsEntry("k", "3");
    assertThat(registry.runs().find(run.id()).orElseThrow().stageVersion()).isEqualTo("1");
    assertThat(registry.adoptions().of(run.id()))
        .extracting(Adoption::stageVersion)
        .containsExactly("2", "3");
  }

  @Test
  void findsRunsByWhatTheyReadAndWrote() {
    Edge file = new Edge("file", "/data/a.parquet", "9c1f");
    Edge table = new Edge("table", "flights.flights", "17");
    Run ingest = run("flights", file);
    Run features = run("delays", table);
    registry.runs().start(ingest);
    registry.runs().start(features);
    registry.runs().finish(ingest.id(), Run.Status.SUCCEEDED, List.of(table), Map.of(), null);

    assertThat(registry.runs().writersOf(table)).extracting(Run::id).containsExactly(ingest.id());
    assertThat(registry.runs().readersOf(table)).extracting(Run::id).containsExactly(features.id());
    assertThat(registry.runs().readersOf(new Edge("table", "flights.flights", ""))).hasSize(1);
    assertThat(registry.runs().readersOf(new Edge("table", "flights.flights", "16"))).isEmpty();
    assertThat(registry.runs().list(P, 10))
        .extracting(Run::id)
        .containsExactly(features.id(), ingest.id());
    assertThat(registry.runs().list(P, 1)).hasSize(1);
  }

  @Test
  void keepsParentsAndChildren() {
    Run parent = run("all");
    Run child = Run.open(P, "train", "late", parent.id(), List.of(), Map.of(), "d", "1");
    registry.runs().start(parent);
    registry.runs().start(child);
    assertThat(registry.runs().children(parent.id()))
        .extracting(Run::id)
        .containsExactly(child.id());
  }

  @Test
  void runIdsSortByTime() {
    List<UUID> ids = IntStream.range(0, 10_000).mapToObj(i -> RunIds.next()).toList();
    assertThat(ids.stream().map(UUID::toString)).isSorted().doesNotHaveDuplicates();
    assertThat(ids).allMatch(id -> id.version() == 7 && id.variant() == 2);
  }

  private ModelVersion register(UUID run, String digest) {
    return registry
        .models()
        .register(P, "late", run, "/models/late", digest, Map.of("auc", 0.7), "{}");
  }

  @Test
  void numbersModelVersionsOncePerRun() {
    UUID first = RunIds.next();
    assertThat(register(first, "a").version()).isEqualTo(1);
    assertThat(register(first, "a").version()).isEqualTo(1);
    assertThat(register(RunIds.next(), "b").version()).isEqualTo(2);
    assertThat(registry.models().versions(P, "late"))
        .extracting(ModelVersion::version)
        .containsExactly(2, 1);
    assertThat(registry.models().names(P)).containsExactly("late");
    assertThatThrownBy(() -> register(first, "c"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("has registered version 1 with another digest");
  }

  @Test
  void movesAnAliasOnlyFromWhereItIs() {
    for (String digest : List.of("a", "b", "c")) {
      register(RunIds.next(), digest);
    }
    Models models = registry.models();
    models.promote(P, "late", "champion", null, 1, "me", "first");
    models.promote(P, "late", "champion", 1, 2, "me", "better");
    models.promote(P, "late", "champion", 2, 3, "me", "best");

    assertThatThrownBy(() -> models.promote(P, "late", "champion", 2, 1, "you", "late"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("it points to version 3, not to version 2");
    assertThatThrownBy(() -> models.promote(P, "late", "champion", 3, 9, "you", "none"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("has no such version");
    assertThat(models.rollback(P, "late", "champion", 3, "me", "worse").version()).isEqualTo(2);
    assertThat(models.rollback(P, "late", "champion", 2, "me", "worse").version()).isEqualTo(1);
    assertThatThrownBy(() -> models.rollback(P, "late", "champion", 1, "me", "worse"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("it has always pointed to version 1");
    models.promote(P, "late", "champion", 1, 3, "me", "after all");
    assertThat(models.rollback(P, "late", "champion", 3, "me", "no").version()).isEqualTo(1);
    assertThat(models.history(P, "late", "champion"))
        .extracting(Alias::version)
        .containsExactly(1, 3, 1, 2, 3, 2, 1);
    assertThat(models.aliases(P, "late")).extracting(Alias::version).containsExactly(1);
    assertThat(models.alias(P, "late", "nobody")).isEmpty();
  }

  @Test
  void oneOfManyPromotionsWins() throws Exception {
    register(RunIds.next(), "a");
    register(RunIds.next(), "b");
    registry.models().promote(P, "late", "champion", null, 1, "me", "");
    List<Boolean> won =
        all(
            4,
            i -> {
              try {
                registry.models().promote(P, "late", "champion", 1, 2, "w" + i, "");
                return true;
              } catch (HeadwaterException e) {
                assertThat(e.kind()).isEqualTo(HeadwaterException.Kind.REFUSED);
                return false;
              }
            });
    assertThat(won).containsOnlyOnce(true);
  }

  @Test
  void theJournalKeepsOrderAndStates() {
    Journal journal = registry.journal();
    long one = journal.append("k1", "run1", "{\"a\":1}");
    long two = journal.append("k2", "run1", "{}");
    assertThat(journal.append("k1", "run1", "{\"a\":1}")).isEqualTo(one);
    long three = journal.append("k3", "run2", "{}");
    assertThat(two).isGreaterThan(one);

    journal.failed(one, "503");
    journal.delivered(one, "201");
    journal.parked(two, "400: no");
    assertThat(journal.pending(10)).extracting(Entry::sequence).containsExactly(three);
    assertThat(journal.parked(10)).extracting(Entry::answer).containsExactly("400: no");
    assertThat(journal.find(one).orElseThrow().attempts()).isEqualTo(2);
    assertThat(journal.about("run1")).extracting(Entry::key).containsExactly("k1", "k2");
    assertThat(journal.after(two, 10)).extracting(Entry::key).containsExactly("k3");
    assertThat(journal.rewind(two)).isEqualTo(1);
    assertThat(journal.count(Entry.State.PENDING)).isEqualTo(2);
    assertThat(journal.count(Entry.State.DELIVERED)).isEqualTo(1);
    assertThat(journal.rewind(one)).isEqualTo(1);
    assertThat(journal.pending(10)).extracting(Entry::key).containsExactly("k1", "k2", "k3");
    assertThat(journal.has("run1")).isTrue();
    assertThat(journal.has("run3")).isFalse();
    assertThat(
            journal.append(
                List.of(new Journal.New("k3", "run2", "{}"), new Journal.New("k4", "run3", "{}"))))
        .isGreaterThan(three);
    assertThat(journal.pending(10)).extracting(Entry::key).endsWith("k3", "k4");
    assertThatThrownBy(() -> journal.delivered(999, ""))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot change entry 999 of the journal");
  }

  @Test
  void runsThatEndedAndWereNotToldAreFound() {
    Run told = run("flights");
    Run untold = run("delays");
    Run open = run("late");
    for (Run run : List.of(told, untold, open)) {
      registry.runs().start(run);
      registry.journal().append(run.id() + "s", run.id().toString(), "{}");
    }
    for (Run run : List.of(told, untold)) {
      registry.runs().finish(run.id(), Run.Status.FAILED, List.of(), Map.of(), "no");
    }
    registry.journal().append("k", told.id() + " end", "{}");

    assertThat(registry.journal().untold(P, " end", 10)).containsExactly(untold.id());
    assertThat(registry.journal().untold(P, " end", 1)).isEmpty();
    assertThat(registry.journal().untold("another", " end", 10)).isEmpty();
  }

  @Test
  void versionsAreKnownFromTheRunsThatWroteAndReadThem() {
    Edge old = new Edge("table", "flights.flights", "16");
    Edge now = new Edge("table", "flights.flights", "17");
    Run writes = run("flights");
    Run reads = run("delays", now, old);
    Run fails = run("delays", new Edge("table", "flights.flights", "18"));
    for (Run run : List.of(writes, reads, fails)) {
      registry.runs().start(run);
    }
    Run wrote =
        registry.runs().finish(writes.id(), Run.Status.SUCCEEDED, List.of(now), Map.of(), null);
    registry.runs().finish(reads.id(), Run.Status.SUCCEEDED, List.of(), Map.of(), null);
    registry.runs().finish(fails.id(), Run.Status.FAILED, List.of(), Map.of(), "no");

    Versions.Seen read = new Versions.Seen("16", reads.started().truncatedTo(ChronoUnit.MICROS));
    Versions.Seen written = new Versions.Seen("17", Objects.requireNonNull(wrote.ended()));
    Versions versions = registry.versions();
    assertThat(versions.beginning("table", "flights.flights", "")).containsExactly(read, written);
    assertThat(versions.beginning("table", "flights.flights", "17")).containsExactly(written);
    assertThat(versions.find(old)).contains(read);
    assertThat(versions.find(new Edge("table", "flights.flights", "18"))).isEmpty();
    assertThat(versions.newest("table", "flights.flights", null)).contains(written);
    assertThat(versions.newest("table", "flights.flights", read.since())).contains(read);
    assertThat(versions.newest("table", "flights.flights", Instant.EPOCH)).isEmpty();
    assertThat(registry.runs().before(reads)).isEmpty();
    Run again = run("delays");
    assertThat(registry.runs().before(again)).map(Run::id).contains(reads.id());
  }

  @Test
  void aReaderOfTheJournalNeverMeetsASmallerSequenceLater() throws Exception {
    List<Long> seen = new ArrayList<>();
    List<Integer> done =
        all(
            5,
            i -> {
              if (i == 0) {
                long last = 0;
                while (seen.size() < 80) {
                  for (Entry entry : registry.journal().after(last, 100)) {
                    last = entry.sequence();
                    seen.add(last);
                  }
                }
                return 0;
              }
              for (int n = 0; n < 20; n++) {
                registry.journal().append(i + "-" + n, "s", "{}");
              }
              return 20;
            });
    assertThat(done).hasSize(5);
    assertThat(seen).isSorted().hasSize(80);
    assertThat(registry.journal().count(Entry.State.PENDING)).isEqualTo(80);
  }

  @Test
  void aRunThatWasGivenUpBringsNoModel() {
    Run late = run("late");
    registry.runs().start(late);
    registry.runs().finish(late.id(), Run.Status.FAILED, List.of(), Map.of(), "Abandoned");
    assertThatThrownBy(() -> register(late.id(), "a"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("was ended, and another may have its place");
    assertThat(registry.models().versions(P, "late")).isEmpty();
  }

  @Test
  void aTargetHasOneOwner() {
    Locks locks = registry.locks();
    try (Locks.Lock held = locks.tryLock(P, "late", Duration.ofMinutes(1)).orElseThrow()) {
      held.check();
      assertThat(locks.tryLock(P, "late", Duration.ofMinutes(1))).isEmpty();
      assertThat(locks.tryLock(P, "other", Duration.ofMinutes(1))).isPresent();
      assertThat(locks.holder(P, "late").orElseThrow().pid())
          .isEqualTo(ProcessHandle.current().pid());
      assertThat(locks.by(P, "late"))
          .matches("process " + ProcessHandle.current().pid() + " on [^/ ]+ since \\S+Z");
    }
    assertThat(locks.holder(P, "late")).isEmpty();
    try (Locks.Lock next = locks.tryLock(P, "late", Duration.ofMinutes(1)).orElseThrow()) {
      next.check();
    }
  }

  @Test
  void aLockWhoseLeaseIsOverIsTakenAndItsOwnerTold() {
    Locks locks = registry.locks();
    Locks.Lock old = locks.tryLock(P, "late", Duration.ofMinutes(1)).orElseThrow();
    alter("UPDATE headwater_locks SET expires = 1");
    // Its renewal comes in twenty seconds at the earliest.
    try (Locks.Lock taken = locks.tryLock(P, "late", Duration.ofMinutes(1)).orElseThrow()) {
      taken.check();
      ((HeldLock) old).renew();
      assertThatThrownBy(old::check)
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("The lock of late was taken over by another process");
    }
    old.close();
  }

  @Test
  void aLockOfADeadProcessIsTaken() {
    Locks locks = registry.locks();
    Locks.Lock old = locks.tryLock(P, "late", Duration.ofMinutes(10)).orElseThrow();
    alter("UPDATE headwater_locks SET process_started = process_started - 1");
    assertThat(locks.tryLock(P, "late", Duration.ofMinutes(1))).isPresent();
    old.close();
    assertThat(locks.holder(P, "late")).isPresent();
  }

  @Test
  void refusesASchemaThatIsNewer() {
    alter("INSERT INTO headwater_schema (version, applied) VALUES (99, 0)");
    assertThatThrownBy(() -> Registry.open(config))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("its schema is version 99, this Headwater knows 3")
        .hasMessageContaining("Fix: Use the newer Headwater");
  }

  @Test
  void manyOpenANewDatabaseAtOnce(@TempDir Path directory) throws Exception {
    CatalogConfig fresh = backend.fresh(directory);
    List<Long> opened =
        all(
            4,
            i -> {
              try (TableCatalog catalog = TableCatalog.open(fresh);
                  Registry mine = Registry.open(fresh)) {
                assertThat(catalog.list("none")).isEmpty();
                return mine.journal().append("k" + i, "s", "{}");
              }
            });
    assertThat(opened.stream().sorted().toList())
        .isEqualTo(LongStream.rangeClosed(1, 4).boxed().toList());
  }

  private void alter(String sql) {
    try (Database database = Database.of(config)) {
      database.transaction("alter", connection -> Sql.update(connection, sql));
    }
  }

  private interface Numbered<T> {
    T call(int number) throws Exception;
  }

  private static <T> List<T> all(int count, Numbered<T> work) throws Exception {
    var threads = Executors.newFixedThreadPool(count);
    try {
      List<Callable<T>> calls = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int number = i;
        calls.add(() -> work.call(number));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : threads.invokeAll(calls)) {
        results.add(future.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
