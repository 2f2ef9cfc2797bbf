package dev.headwater.upsert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import dev.headwater.upsert.RowsModel.Row;
import dev.headwater.upsert.RowsWorker.Side;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All that changes rows, at once on two tables, one with position deletes (version 2) and one with
 * deletion vectors (version 3): two streams of upserts, one of conditional deletes, overwrites of
 * partitions and of windows, upserts and removals of runs, which copy files, compactions, expiry
 * and tags, each with a catalog of its own; some commits come once more when a rival has committed.
 * The rows of every snapshot that is left are what the commits, in their order, make of them. For
 * {@code -Dheadwater.chaos.seconds} seconds, a few by default.
 */
final class RowsChaosIT {
  private static final List<String> WORKERS =
      List.of("upsert-1", "upsert-2", "delete", "overwrite", "copy", "compact", "keep");
  private static final List<String> WANTED =
      List.of("upserts", "deletes", "overwrites", "windows", "copies", "compactions", "tags");
  private static final long LONGER_NANOS = 60_000_000_000L;

  private final Map<String, AtomicInteger> done = new ConcurrentSkipListMap<>();
  private final List<Side> sides = new ArrayList<>();
  private volatile long end;

  @Test
  void everySnapshotHoldsWhatTheCommitsSay(@TempDir Path folder) throws Exception {
    CatalogConfig config = CatalogConfig.embedded(folder);
    try (TableCatalog sound = TableCatalog.open(config)) {
      for (int version : new int[] {2, 3}) {
        sides.add(new Side(create(sound, version)));
      }
      long seconds = Long.getLong("headwater.chaos.seconds", 3);
      end = System.nanoTime() + seconds * 1_000_000_000L;
      List<Callable<Void>> work = new ArrayList<>();
      for (String worker : WORKERS) {
        work.add(() -> work(worker, config, sound, folder.resolve("scratch")));
      }
      ExecutorService threads = Executors.newFixedThreadPool(work.size());
      try {
        for (Future<Void> one : threads.invokeAll(work)) {
          one.get();
        }
      } finally {
        threads.shutdownNow();
      }
      System.out.printf("CHAOS rows %d s: %s%n", seconds, done);
      for (Side side : sides) {
        check(sound.load(side.ref()), side);
      }
      assertThat(done).containsKeys(WANTED.toArray(String[]::new));
    }
  }

  private static TableRef create(TableCatalog catalog, int version) {
    TableRef ref = TableRef.of("demo", "rows" + version);
    catalog.create(
        ref,
        RowsWorker.SCHEMA,
        PartitionSpec.builderFor(RowsWorker.SCHEMA).identity("day").build(),
        SortOrder.unsorted(),
        Map.of("format-version", Integer.toString(version)));
    return ref;
  }

  private Void work(String name, CatalogConfig config, TableCatalog sound, Path scratch)
      throws Exception {
    Random random = new Random(name.hashCode());
    try (RowsWorker worker = new RowsWorker(name, config, sound, scratch, sides.get(0), done)) {
      while (goesOn()) {
        worker.work(sides.get(random.nextInt(sides.size())));
        Thread.sleep(random.nextInt(100));
      }
    }
    return null;
  }

  /** Until its end, or longer where the machine is so busy that not all has happened yet. */
  private boolean goesOn() {
    long now = System.nanoTime();
    return now < end || (!done.keySet().containsAll(WANTED) && now < end + LONGER_NANOS);
  }

  private static void check(Table table, Side side) throws IOException {
    side.model().see(table);
    side.model().check();
    for (Snapshot snapshot : table.snapshots()) {
      assertThat(rows(table, side.ref(), snapshot.snapshotId()))
          .as("snapshot %d of %s", snapshot.sequenceNumber(), side.ref())
          .containsExactlyInAnyOrderElementsOf(side.model().rows(snapshot.sequenceNumber()));
    }
    side.tags()
        .forEach(
            (tag, sequence) ->
                assertThat(table.snapshot(tag).sequenceNumber()).as(tag).isEqualTo(sequence));
  }

  private static List<Row> rows(Table table, TableRef ref, long snapshot) throws IOException {
    List<Row> out = new ArrayList<>();
    SnapshotRef at = new SnapshotRef(ref, table.uuid(), snapshot);
    for (SplitGroup group : Splits.of(table, at, null, 1 << 26, 1)) {
      try (var batches = group.open(table.io(), RowsWorker.SCHEMA, null)) {
        batches.forEachRemaining(batch -> add(batch, out));
      }
    }
    return out;
  }

  private static void add(RowBatch batch, List<Row> out) {
    List<Values> values = new ArrayList<>();
    for (int c = 0; c < 3; c++) {
      values.add(Values.of(batch.column(c), RowsWorker.SCHEMA.columns().get(c).type()));
    }
    for (int row = 0; row < batch.size(); row++) {
      out.add(
          new Row(
              (Long) Objects.requireNonNull(values.get(0).at(row)),
              (Integer) Objects.requireNonNull(values.get(1).at(row)),
              (String) Objects.requireNonNull(values.get(2).at(row))));
    }
  }
}
