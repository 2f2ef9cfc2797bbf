package dev.headwater.catalog.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.Backend;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.FaultyCatalog;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.FakeFiles;
import dev.headwater.catalog.commit.FileCheck;
import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Tags;
import dev.headwater.catalog.commit.Token;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Four writers and their zombies, two compactions, an expiry, manifests, orphans and a model's
 * tags, all at once on one table, each with a catalog of its own, on which one call in a hundred
 * fails, and one swap in ten takes effect without an answer, which is noticed only when a rival has
 * committed: no row is lost or doubled, no token is committed twice, every file of every snapshot
 * is there, tagged ones hold what they held. For {@code -Dheadwater.chaos.seconds} seconds, a few
 * by default.
 */
abstract class ChaosSuite {
  private static final TableRef REF = TableRef.of("demo", "rides");
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int WRITERS = 4;
  private static final double FAILS = 0.01;
  private static final double LOST = 0.1;
  private static final long LONGER_NANOS = 60_000_000_000L;
  private static final long RIVAL_NANOS = 300_000_000L;

  private final Backend backend;
  private final AtomicLong nextId = new AtomicLong();
  private final AtomicInteger appends = new AtomicInteger();
  private final AtomicInteger repeated = new AtomicInteger();
  private final AtomicInteger zombies = new AtomicInteger();
  private final AtomicInteger landed = new AtomicInteger();
  private final AtomicInteger rewrites = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger expired = new AtomicInteger();
  private final AtomicInteger orphans = new AtomicInteger();
  private final AtomicInteger faults = new AtomicInteger();
  private final AtomicLong seeds = new AtomicLong(1);
  private final Map<String, Long> tokens = new ConcurrentHashMap<>();
  private final Map<String, List<Long>> tagged = new ConcurrentHashMap<>();
  private volatile long end;

  ChaosSuite(Backend backend) {
    this.backend = backend;
  }

  @Test
  void nothingIsLostWhenAllHappensAtOnce(
      @TempDir(factory = TempDirFactory.Standard.class) Path folder) throws Exception {
    CatalogConfig config = backend.fresh(folder);
    try (TableCatalog catalog = TableCatalog.open(config)) {
      FakeFiles.create(catalog, REF);
      write(catalog, "seed", 0);
      long seconds = Long.getLong("headwater.chaos.seconds", 6);
      end = System.nanoTime() + seconds * 1_000_000_000L;

      List<Callable<List<Long>>> work = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int writer = i;
        work.add(() -> writer(config, "sink" + writer));
      }
      work.add(() -> upkeep(config, (c, n) -> compact(c, "one", n)));
      work.add(() -> upkeep(config, (c, n) -> compact(c, "two", n)));
      work.add(() -> upkeep(config, (c, n) -> expire(c)));
      work.add(() -> upkeep(config, (c, n) -> clean(c, n)));
      work.add(() -> upkeep(config, (c, n) -> tag(c, n)));
      List<Long> ids = new ArrayList<>(List.of(0L));
      ExecutorService threads = Executors.newCachedThreadPool();
      try {
        for (Future<List<Long>> done : threads.invokeAll(work)) {
          ids.addAll(done.get());
        }
      } finally {
        threads.shutdownNow();
      }
      ids.sort(null);
      check(catalog, ids);
      checkTokensBehindGaps(catalog, ids);
      System.out.printf(
          "CHAOS %s %d s: appends=%d repeated=%d zombies=%d rewrites=%d refused=%d expired=%d"
              + " orphans=%d tags=%d faults=%d%n",
          config.where(),
          seconds,
          appends.get(),
          repeated.get(),
          zombies.get(),
          rewrites.get(),
          refused.get(),
          expired.get(),
          orphans.get(),
          tagged.size(),
          faults.get());
      assertThat(faults.get()).isPositive();
      assertThat(appends.get()).isGreaterThan(WRITERS);
      assertThat(rewrites.get()).isPositive();
      assertThat(expired.get()).isPositive();
    }
  }

  /** Until its end, or longer where the machine is so busy that nothing has happened yet. */
  private boolean goesOn() {
    long now = System.nanoTime();
    boolean enough = appends.get() > WRITERS && rewrites.get() > 0 && expired.get() > 0;
    return now < end || (!enough && now < end + LONGER_NANOS);
  }

  /** One change, with its number. */
  private interface Upkeep {
    void once(TableCatalog catalog, int n) throws IOException, InterruptedException;
  }

  private List<Long> upkeep(CatalogConfig config, Upkeep upkeep) throws Exception {
    try (FaultyCatalog faulty = open(config)) {
      for (int n = 0; goesOn(); n++) {
        try {
          upkeep.once(faulty.catalog(), n);
        } catch (RuntimeException e) {
          // What reads a table may fail; it is begun anew.
          FaultyCatalog.checkInjected(e);
        }
      }
      faults.addAndGet(faulty.failed());
    }
    return List.of();
  }

  private FaultyCatalog open(CatalogConfig config) throws IOException {
    return FaultyCatalog.open(
        config, seeds.incrementAndGet(), FAILS, LOST, () -> awaitRival(landed.get()));
  }

  /** Until somebody has committed, or nobody does. */
  private void awaitRival(int before) {
    long until = System.nanoTime() + RIVAL_NANOS;
    while (landed.get() == before && System.nanoTime() < until) {
      LockSupport.parkNanos(5_000_000);
    }
  }

  private Committed write(TableCatalog catalog, String sink, long id) {
    Token token = Token.ofRun(sink, "r" + id, List.of("in"));
    Table table = catalog.load(REF);
    Committed done =
        new Committer(catalog, FileCheck.LENGTH, PATIENCE)
            .commit(Change.append(REF, token, List.of(FakeFiles.write(table, id))));
    landed.addAndGet(done.already() ? 0 : 1);
    Long before = tokens.putIfAbsent(token.key(), Objects.requireNonNull(done.snapshotId()));
    assertThat(before == null || before.equals(done.snapshotId())).as(token.key()).isTrue();
    return done;
  }

  /**
   * Some commits by two at once, as a worker and its zombie do, and some once more, as a worker
   * does that has lost the answer.
   */
  private List<Long> writer(CatalogConfig config, String sink) throws Exception {
    List<Long> ids = new ArrayList<>();
    Random random = new Random(sink.hashCode());
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (FaultyCatalog faulty = open(config);
        FaultyCatalog zombie = open(config)) {
      while (goesOn()) {
        long id = nextId.incrementAndGet();
        Future<Committed> twin = null;
        if (random.nextBoolean()) {
          twin = other.submit(() -> writeUntilDone(zombie.catalog(), sink, id));
          zombies.incrementAndGet();
        }
        writeUntilDone(faulty.catalog(), sink, id);
        ids.add(id);
        appends.incrementAndGet();
        if (twin != null) {
          twin.get();
        }
        int seen = landed.get();
        Thread.sleep(random.nextInt(40));
        if (random.nextInt(3) == 0) {
          awaitRival(seen);
          assertThat(writeUntilDone(faulty.catalog(), sink, id).already()).isTrue();
          repeated.incrementAndGet();
        }
      }
      faults.addAndGet(faulty.failed() + zombie.failed());
    } finally {
      other.shutdownNow();
    }
    return ids;
  }

  /** As an engine repeats a bundle: with new files, under the same token. */
  private Committed writeUntilDone(TableCatalog catalog, String sink, long id) {
    while (true) {
      try {
        return write(catalog, sink, id);
      } catch (RuntimeException e) {
        FaultyCatalog.checkInjected(e);
      }
    }
  }

  private void compact(TableCatalog catalog, String who, int n) throws IOException {
    Table table = catalog.load(REF);
    List<DataFile> before = new ArrayList<>();
    List<Long> ids = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        // The small ones, and now and then a large one too.
        if (task.file().recordCount() < 50 || n % 7 == 0) {
          before.add(task.file().copyWithoutStats());
          ids.addAll(FakeFiles.ids(table, task.file()));
        }
      }
    } catch (NotFoundException e) {
      // Expired while it was read: it took longer than the expiry's age.
      refused.incrementAndGet();
      return;
    }
    if (before.size() < 3) {
      return;
    }
    long[] all = ids.stream().mapToLong(Long::longValue).toArray();
    Rewrite rewrite =
        Rewrite.of(
            REF,
            table.currentSnapshot().snapshotId(),
            List.of(new Rewrite.Group(before, Map.of(), List.of(FakeFiles.write(table, all)))));
    Token token = Token.ofRun("compact." + who, "c" + n, List.of("in"));
    try {
      new Committer(catalog, FileCheck.LENGTH, PATIENCE).commit(rewrite.change(token), rewrite);
      rewrites.incrementAndGet();
    } catch (HeadwaterException e) {
      assertThat(e.kind()).as(e.getMessage()).isEqualTo(HeadwaterException.Kind.REFUSED);
      refused.incrementAndGet();
    }
  }

  private void expire(TableCatalog catalog) throws InterruptedException {
    ExpiryRule rule = new ExpiryRule(Instant.now().minusSeconds(2), 2, Map.of());
    // So many calls that on a slow machine, where much is to expire, one of them fails each time.
    Expiry.Expired done = new Expiry(catalog, Duration.ofSeconds(20)).expire(REF, rule);
    expired.addAndGet(done.snapshots().size());
    Thread.sleep(200);
  }

  private void clean(TableCatalog catalog, int n) throws InterruptedException {
    new Manifests(catalog, new Committer(catalog, FileCheck.LENGTH, PATIENCE))
        .rewrite(REF, Token.ofRun("manifests", "m" + n, List.of("in")), Map.of());
    Orphans all = new Orphans(catalog);
    try {
      // No commit takes so long: what is older was given up.
      List<Orphans.Orphan> found = all.find(REF, Instant.now().minusSeconds(120), Set.of());
      orphans.addAndGet(found.size() - all.delete(REF, found).size());
    } catch (NotFoundException e) {
      // A snapshot expired while it was looked at; nothing was deleted.
      refused.incrementAndGet();
    }
    Thread.sleep(500);
  }

  private void tag(TableCatalog catalog, int n) throws InterruptedException {
    Table table = catalog.load(REF);
    Snapshot now = table.currentSnapshot();
    String name = "model/late/" + n;
    try {
      new Tags(catalog, PATIENCE)
          .pin(new dev.headwater.catalog.SnapshotRef(REF, table.uuid(), now.snapshotId()), name);
      tagged.put(name, idsUntilRead(catalog, now.snapshotId()));
    } catch (HeadwaterException e) {
      assertThat(e).hasMessageContaining("no such snapshot any more");
    }
    // A few at once, then now and then.
    long left = (end - System.nanoTime()) / 1_000_000;
    Thread.sleep(Math.max(500, Math.min(n < 4 ? 700 : 20_000, left)));
  }

  private List<Long> idsUntilRead(TableCatalog catalog, long snapshot) {
    while (true) {
      try {
        return FakeFiles.ids(catalog.load(REF), snapshot);
      } catch (RuntimeException e) {
        FaultyCatalog.checkInjected(e);
      }
    }
  }

  /** When all that may expire has, each sink's newest token is still found. */
  private void checkTokensBehindGaps(TableCatalog catalog, List<Long> ids) {
    for (int i = 0; i < 2; i++) {
      long id = nextId.incrementAndGet();
      write(catalog, "late", id);
      ids.add(id);
    }
    new Expiry(catalog, PATIENCE).expire(REF, new ExpiryRule(Instant.now(), 1, Map.of()));
    for (int i = 0; i < WRITERS; i++) {
      String sink = "sink" + i;
      long newest =
          tokens.keySet().stream()
              .filter(token -> token.startsWith(sink + "/r"))
              .mapToLong(token -> Long.parseLong(token.substring(sink.length() + 2)))
              .max()
              .orElseThrow();
      assertThat(write(catalog, sink, newest).already()).as(sink).isTrue();
    }
    assertThat(FakeFiles.ids(catalog.load(REF))).isEqualTo(ids);
  }

  private void check(TableCatalog catalog, List<Long> ids) throws IOException {
    Table table = catalog.load(REF);
    assertThat(FakeFiles.ids(table)).isEqualTo(ids);
    List<String> known = new ArrayList<>();
    for (Snapshot snapshot : History.of(table)) {
      known.add(Objects.requireNonNull(snapshot.summary().get(SummaryKeys.TOKEN)));
    }
    assertThat(known).doesNotHaveDuplicates();
    for (Snapshot snapshot : table.snapshots()) {
      List<String> paths = new ArrayList<>();
      try (CloseableIterable<FileScanTask> tasks =
          table.newScan().useSnapshot(snapshot.snapshotId()).planFiles()) {
        tasks.forEach(task -> paths.add(task.file().location()));
      }
      assertThat(paths).doesNotHaveDuplicates();
      paths.forEach(p -> assertThat(table.io().newInputFile(p).exists()).as(p).isTrue());
    }
    assertThat(tagged).isNotEmpty();
    tagged.forEach(
        (tag, then) ->
            assertThat(
                    FakeFiles.ids(
                        table, Objects.requireNonNull(table.refs().get(tag)).snapshotId()))
                .as(tag)
                .isEqualTo(then));
  }
}
