package dev.headwater.upsert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.BaseMovedException;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Edit;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Tags;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.maintain.Expiry;
import dev.headwater.catalog.maintain.ExpiryRule;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.expr.Expression;
import dev.headwater.compact.CompactPlan;
import dev.headwater.compact.CompactRule;
import dev.headwater.compact.CompactTable;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.CommitTable;
import dev.headwater.table.FittingTable;
import dev.headwater.table.TablesOnDisk;
import dev.headwater.table.Written;
import dev.headwater.upsert.RowsModel.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.joda.time.Duration;

/** One of those who change the rows of tables, with a catalog of its own. */
final class RowsWorker implements AutoCloseable {
  static final Schema SCHEMA =
      new Schema(
          NestedField.required(1, "id", Types.LongType.get()),
          NestedField.required(2, "day", Types.DateType.get()),
          NestedField.optional(3, "text", Types.StringType.get()));

  private static final Schema INCOMING =
      new Schema(
          NestedField.required(1, "id", Types.LongType.get()),
          NestedField.required(2, "day", Types.DateType.get()),
          NestedField.optional(3, "text", Types.StringType.get()),
          NestedField.optional(4, "gone", Types.BooleanType.get()));

  private static final int IDS = 120;
  private static final int DAYS = 4;
  private static final int PATIENT_TRIES = 2;
  private static final long RIVAL_NANOS = 300_000_000L;
  private static final long REST_NANOS = 500_000_000L;
  private static final java.time.Duration PATIENCE = java.time.Duration.ofMinutes(5);

  /**
   * A table, what it must hold, and what was tagged.
   *
   * @param alone held by who would never come to his turn otherwise
   */
  record Side(
      TableRef ref,
      RowsModel model,
      AtomicInteger landed,
      Map<String, Long> tags,
      ReadWriteLock alone) {
    Side(TableRef ref) {
      this(
          ref,
          new RowsModel(),
          new AtomicInteger(),
          new ConcurrentHashMap<>(),
          new ReentrantReadWriteLock());
    }

    /** Until somebody has committed, or nobody does. */
    private void awaitRival() {
      int before = landed.get();
      long until = System.nanoTime() + RIVAL_NANOS;
      while (landed.get() == before && System.nanoTime() < until) {
        LockSupport.parkNanos(5_000_000);
      }
    }
  }

  /** One change of a table; the same again must do nothing. */
  private interface Attempt {
    Committed on(TableCatalog catalog) throws IOException;
  }

  private final String name;
  private final CatalogConfig config;
  private final TableCatalog sound;
  private final TableCatalog catalog;
  private final Path scratch;
  private final Random random;
  private final Map<String, AtomicInteger> done;
  private Side side;
  private int runs;

  /**
   * A worker.
   *
   * @param name unique to it, the name of what it does first
   * @param first the table that it works on at first
   * @param done gets how often what was done
   */
  RowsWorker(
      String name,
      CatalogConfig config,
      TableCatalog sound,
      Path scratch,
      Side first,
      Map<String, AtomicInteger> done) {
    this.name = name;
    this.config = config;
    this.sound = sound;
    this.scratch = scratch;
    this.side = first;
    this.done = done;
    this.random = new Random(name.hashCode());
    this.catalog = TableCatalog.open(config);
  }

  /** Does what its name says, once. */
  void work(Side on) throws IOException {
    side = on;
    runs++;
    boolean waits = name.equals("copy");
    if (!waits) {
      side.alone().readLock().lock();
    }
    try {
      switch (name.replaceAll("-.*", "")) {
        case "upsert" -> upsert();
        case "delete" -> delete();
        case "overwrite" -> overwrite();
        case "copy" -> copy();
        case "compact" -> compact();
        default -> keep();
      }
    } finally {
      if (!waits) {
        side.alone().readLock().unlock();
      }
    }
  }

  /** Commits, perhaps once more. */
  private void commit(String what, Attempt attempt, Consumer<List<Row>> effect) throws IOException {
    Committed first = attempt.on(catalog);
    side.model().did(first, effect);
    if (first.summary().containsKey(SummaryKeys.TOKEN)) {
      side.landed().incrementAndGet();
      count(what);
      if (random.nextInt(3) == 0) {
        side.awaitRival();
        Committed again = attempt.on(catalog);
        assertThat(again.already()).as(what).isTrue();
        assertThat(again.snapshotId()).as(what).isEqualTo(first.snapshotId());
        count("repeated");
      }
    }
  }

  private void count(String what) {
    done.computeIfAbsent(what, w -> new AtomicInteger()).incrementAndGet();
  }

  private List<Row> rows(int day) {
    List<Row> out = new ArrayList<>();
    for (int i = random.nextInt(10); i >= 0; i--) {
      int on = day < 0 ? random.nextInt(DAYS) : day;
      out.add(new Row(random.nextInt(IDS), on, name + "." + runs + "." + i));
    }
    return out;
  }

  private static RowBatch batch(List<Row> rows, boolean[] gone) {
    RowBatchBuilder out = new RowBatchBuilder(INCOMING);
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      out.append(row.id(), row.day(), row.text(), gone[i]);
    }
    return out.build();
  }

  private static RowBatch batch(List<Row> rows) {
    return batch(rows, new boolean[rows.size()]).select("id", "day", "text");
  }

  private static Consumer<List<Row>> upserted(List<Row> rows, boolean[] gone) {
    return now -> {
      for (int i = 0; i < gone.length; i++) {
        Row row = rows.get(i);
        now.removeIf(old -> old.id() == row.id());
        if (!gone[i]) {
          now.add(row);
        }
      }
    };
  }

  private void upsert() throws IOException {
    Table table = catalog.load(side.ref());
    UpsertStream stream =
        UpsertStream.to(config, side.ref(), table, name, "r", "id").deletes("gone");
    List<Row> rows = rows(-1);
    boolean[] gone = new boolean[rows.size()];
    for (int i = 0; i < gone.length; i++) {
      gone[i] = random.nextInt(5) == 0;
    }
    Keyed sealed;
    try (KeyedWriter writer = stream.writer(0)) {
      writer.accept(batch(rows, gone));
      sealed = Keyed.of(writer.finish());
    }
    commit("upserts", open -> stream.commit(open, sealed), upserted(rows, gone));
  }

  private void delete() throws IOException {
    Table table = catalog.load(side.ref());
    DeleteStream stream = DeleteStream.from(config, side.ref(), table, name, "r");
    long from = random.nextInt(IDS);
    long to = from + 1 + random.nextInt(8);
    String where = "id >= %d and id < %d".formatted(from, to);
    DeleteStream.Sealed sealed =
        new DeleteStream.Sealed(UUID.randomUUID().toString(), List.of(where));
    commit(
        "deletes",
        open -> stream.commit(open, sealed),
        now -> now.removeIf(row -> row.id() >= from && row.id() < to));
  }

  /** A day's rows: of a batch by its partition, of a stream by its window. */
  private void overwrite() throws IOException {
    int day = random.nextInt(DAYS);
    List<Row> rows = rows(day);
    Consumer<List<Row>> effect =
        now -> {
          now.removeIf(row -> row.day() == day);
          now.addAll(rows);
        };
    Table table = catalog.load(side.ref());
    if (random.nextBoolean()) {
      List<DataFile> files;
      try (BatchWriter out = BatchWriter.open(table, name, "r")) {
        out.accept(batch(rows));
        files = out.finish();
      }
      Token token = Token.ofRun(name, "r" + runs, List.of("in"));
      Change change = Change.of(side.ref(), new Edit.OverwritePartitions(), token, files);
      commit("overwrites", open -> new Committer(open).commit(change), effect);
      return;
    }
    var windows =
        org.apache.beam.sdk.transforms.windowing.FixedWindows.of(Duration.standardDays(1));
    OverwriteStream stream =
        OverwriteStream.to(config, side.ref(), table, name, "r", "day", windows);
    EventTime time = EventTime.of("rows", SCHEMA, "day");
    Map<Long, Long> window = new TreeMap<>();
    List<WindowPart> parts;
    FittingTable into = new FittingTable(config, side.ref(), table, name, null, List.of("day"));
    try (WindowSink sink = new WindowSink.Spec(into, name, "r", time, windows).open()) {
      sink.accept(batch(rows));
      parts = sink.finish();
    }
    parts.forEach(part -> window.put(part.start(), part.end()));
    Ripe ripe = Ripe.of(window, parts, List.of());
    commit("windows", open -> stream.commit(open, ripe), effect);
  }

  /**
   * An upsert, or a removal, of a run: computed anew, under its token, until nobody came between.
   */
  private void copy() throws IOException {
    Token token = Token.ofRun(name, "r" + runs, List.of("in"));
    List<Row> rows = rows(-1);
    long least = random.nextInt(IDS);
    String where = "id >= %d and id < %d".formatted(least, least + 5);
    boolean upsert = random.nextInt(3) > 0;
    commit(
        "copies",
        open -> {
          Lock alone = side.alone().writeLock();
          for (int tries = 0; true; tries++) {
            boolean held = tries == PATIENT_TRIES;
            if (held) {
              alone.lock();
            }
            try {
              return copied(open, token, now -> upsert ? upserted(now, rows) : removed(now, where));
            } catch (BaseMovedException e) {
              count("moved");
            } catch (RuntimeException e) {
              checkExpired(e);
            } finally {
              if (held) {
                alone.unlock();
              }
            }
          }
        },
        upsert
            ? upserted(rows, new boolean[rows.size()])
            : now -> now.removeIf(row -> row.id() >= least && row.id() < least + 5));
  }

  private Committed copied(
      TableCatalog open, Token token, Function<Table, List<Written>> rewritten) {
    Table now = sound.load(side.ref());
    Optional<Committed> there = Committer.find(side.ref(), now, token);
    if (there.isPresent()) {
      return there.get();
    }
    List<Written> written = now.currentSnapshot() == null ? List.of() : rewritten.apply(now);
    Change change = Change.of(side.ref(), Edit.Rewrite.of(now), token, List.of());
    return CommitTable.of(config, change).commit(open, written);
  }

  private List<Written> upserted(Table now, List<Row> rows) {
    Spill spill = Spill.in(scratch.resolve(UUID.randomUUID().toString()).toString(), now.io());
    UpsertSpec spec = UpsertSpec.of(now, now, List.of("id"), null, name, "r" + runs, spill, 1);
    List<RunRef> in;
    try (SpillUpsert incoming = new SpillUpsert(spec)) {
      incoming.accept(batch(rows), 0);
      in = incoming.finish();
    }
    List<Written> out = new ArrayList<>(TablesOnDisk.run("upsert", new Incoming(in, spec), 1));
    out.add(Written.of(List.of(), rows.size(), 0, 0));
    return out;
  }

  private static final class Incoming extends PTransform<PBegin, PCollection<Written>> {
    private static final long serialVersionUID = 1;
    private final transient List<RunRef> runs;
    private final UpsertSpec spec;

    Incoming(List<RunRef> runs, UpsertSpec spec) {
      this.runs = runs;
      this.spec = spec;
    }

    @Override
    public PCollection<Written> expand(PBegin begin) {
      return begin
          .apply("Runs", Create.of(runs).withCoder(RunRef.coder()))
          .apply("Upsert", new Upsert(spec));
    }
  }

  private List<Written> removed(Table now, String where) {
    Expression gone = Expression.parse(where, now.schema());
    return TablesOnDisk.run("remove", new RemoveRows(now, now, gone, name, "r" + runs), 1);
  }

  private void compact() {
    Table table = sound.load(side.ref());
    if (table.currentSnapshot() == null) {
      return;
    }
    CompactRule rule =
        random.nextInt(3) == 0
            ? new CompactRule(null, table.sortOrder(), true, 0, 1)
            : new CompactRule(null, table.sortOrder(), false, 0, 2);
    SnapshotRef now =
        new SnapshotRef(side.ref(), table.uuid(), table.currentSnapshot().snapshotId());
    CompactPlan plan = CompactPlan.of(table, now, rule);
    if (plan.isEmpty()) {
      return;
    }
    Token token = Token.ofRun(name, "r" + runs, List.of("in"));
    try {
      List<Committed> compacted =
          TablesOnDisk.run(
              "compact",
              CompactTable.of(plan, table, rule, config, token, Map.of())
                  .spill(scratch.resolve(UUID.randomUUID().toString()).toString(), 1),
              1);
      compacted.forEach(committed -> side.model().did(committed, rows -> {}));
      side.landed().incrementAndGet();
      count("compactions");
    } catch (RuntimeException e) {
      count("refused");
      if (!(e.getCause() instanceof HeadwaterException told)
          || told.kind() != HeadwaterException.Kind.REFUSED) {
        checkExpired(e);
      }
    }
  }

  /** Files that were read have expired meanwhile: it took longer than the expiry's age. */
  private static void checkExpired(RuntimeException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof NotFoundException) {
        return;
      }
    }
    throw failure;
  }

  /** Expires what is old and tags what is not. */
  private void keep() {
    Table table = sound.load(side.ref());
    side.model().see(table);
    ExpiryRule rule = new ExpiryRule(Instant.now().minusSeconds(3), 10, Map.of());
    Expiry.Expired expired = new Expiry(sound, PATIENCE).expire(side.ref(), rule);
    expired.snapshots().forEach(snapshot -> count("expired"));
    if (table.currentSnapshot() != null && runs % 4 == 1) {
      long id = table.currentSnapshot().snapshotId();
      String tag = "kept/" + runs;
      new Tags(sound, PATIENCE).pin(new SnapshotRef(side.ref(), table.uuid(), id), tag);
      side.tags().put(tag, table.currentSnapshot().sequenceNumber());
      count("tags");
    }
    LockSupport.parkNanos(REST_NANOS);
  }

  @Override
  public void close() {
    catalog.close();
  }
}
