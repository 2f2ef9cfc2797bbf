package dev.headwater.upsert;

import static org.apache.beam.sdk.values.TypeDescriptors.integers;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatch;
import dev.headwater.parquet.FooterCheck;
import dev.headwater.sketch.SketchStatistics;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.table.AppendStream;
import dev.headwater.table.Bundles;
import dev.headwater.table.FittingTable;
import dev.headwater.table.Intervals;
import dev.headwater.table.StreamCommits;
import dev.headwater.table.TableUse;
import dev.headwater.table.WorkFn;
import dev.headwater.table.WorkerDisk;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A stream's batches into a table by key, in one commit an interval: a row takes the place of the
 * table's with the same key, or comes new; with {@link #deletes} rows go too. Unbounded. Exactly
 * once, as {@link AppendStream} is and under the same conditions.
 *
 * <p>Of the rows of one key the last one stays: the one with the greatest {@link #order}, and of
 * equal ones, or without an order, the one that reached its worker last. Rows of one key that reach
 * different workers within the difference of their clocks need an order. With one, a row older than
 * the table's leaves that as it is; what a removal took away is forgotten, so an older row that
 * comes in a later interval brings the key back.
 *
 * <p>Rows are written where they arrive. The commit finds the older rows of their keys, by
 * partitions and bounds of columns, then by reading the key columns of the files that are left, and
 * deletes them by position: deletion vectors in a table of format version 3, position deletes in
 * one of version 2. It is one worker's work: keep keys together (partition by {@code bucket(n,
 * key)}, or by something that the key has), and compact the table now and then. Memory doesn't
 * depend on the table's rows nor on the interval's.
 *
 * <p>Other writers: an interval whose keys others may have written or moved since is computed anew,
 * under the same token.
 */
public final class UpsertStream extends StreamCommits<PCollection<RowBatch>> {
  private static final long serialVersionUID = 1;
  private static final java.time.Duration PATIENCE = java.time.Duration.ofMinutes(10);

  private final CatalogConfig catalog;
  private final TableRef ref;
  private final Table table;
  private final String sink;
  private final String run;
  private final How how;

  /** What can be chosen. */
  private record How(
      List<String> key,
      @Nullable String order,
      @Nullable String deletes,
      @Nullable Duration interval,
      @Nullable SchemaPolicy policy,
      Map<String, String> summary)
      implements Serializable {
    private static final long serialVersionUID = 1;

    How {
      key = new ArrayList<>(key);
      summary = new HashMap<>(summary);
    }
  }

  private UpsertStream(
      CatalogConfig catalog, TableRef ref, Table table, String sink, String run, How how) {
    this.catalog = catalog;
    this.ref = ref;
    this.table = SerializableTable.copyOf(table);
    this.sink = sink;
    this.run = run;
    this.how = how;
    DropRows.check(table, "upsert a stream into " + ref);
    // Names the columns that are missing or no key, before anything runs.
    log();
    fitting();
  }

  /**
   * A commit each ten seconds.
   *
   * @param table the table as {@code catalog} has it; batches have its columns, found by name
   * @param sink the stable name of what writes, unique to it; several sinks may write one table
   * @param run the id of the run, a folder of data files
   * @param key the columns whose values tell rows apart: whole numbers, decimals, dates, times,
   *     texts or bytes, never null
   * @throws dev.headwater.catalog.HeadwaterException USAGE if the table or the key can't be used
   *     for it
   */
  public static UpsertStream to(
      CatalogConfig catalog, TableRef ref, Table table, String sink, String run, String... key) {
    return new UpsertStream(
        catalog,
        ref,
        table,
        sink,
        run,
        new How(List.of(key), null, null, Duration.standardSeconds(10), null, Map.of()));
  }

  /** The column with the order of rows of one key; null comes before everything. */
  public UpsertStream order(String column) {
    return with(new How(how.key, column, how.deletes, how.interval, how.policy, how.summary));
  }

  /**
   * The boolean column of the batches that is true for rows that only remove the table's with their
   * key; of those only key and order count. The table need not have it.
   */
  public UpsertStream deletes(String column) {
    return with(new How(how.key, how.order, column, how.interval, how.policy, how.summary));
  }

  /** How long after the first file of a commit it is sealed, in processing time. */
  public UpsertStream every(Duration commitInterval) {
    return with(new How(how.key, how.order, how.deletes, commitInterval, how.policy, how.summary));
  }

  /**
   * Of bounded batches: one commit of all of them, under the run's token. It needs no stable input;
   * an attempt that is repeated finds its own commit.
   */
  public UpsertStream once() {
    return with(new How(how.key, how.order, how.deletes, null, how.policy, how.summary));
  }

  /** What each snapshot's summary says besides the token and the counts. */
  public UpsertStream summary(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(how.summary);
    all.putAll(more);
    return with(new How(how.key, how.order, how.deletes, how.interval, how.policy, all));
  }

  /**
   * What batches with other columns may do to the table's: it happens where they arrive, in a
   * commit of its own, see {@link FittingTable}. Key and order stay as they are.
   *
   * @param by without letters: a stream has none
   * @throws dev.headwater.catalog.HeadwaterException USAGE for a policy with letters
   */
  public UpsertStream schema(SchemaPolicy by) {
    return with(new How(how.key, how.order, how.deletes, how.interval, by, how.summary));
  }

  private UpsertStream with(How next) {
    return new UpsertStream(catalog, ref, table, sink, run, next);
  }

  private KeyLog log() {
    return new KeyLog(table.name(), table.schema(), how.key, how.order);
  }

  FittingTable fitting() {
    List<String> fixed = new ArrayList<>(how.key);
    if (how.order != null) {
      fixed.add(how.order);
    }
    return new FittingTable(catalog, ref, table, sink, how.policy, fixed);
  }

  /** Where logs of keys lie until their interval is committed, beside the table's data. */
  private Spill logs() {
    return Spill.in(table.location() + "/scratch/" + sink + "/" + run, table.io());
  }

  /**
   * A writer of one bundle, for a stream that does more than this one.
   *
   * @param place the first row's, as {@link KeyedWriter#accept(RowBatch, long)} has it
   */
  public KeyedWriter writer(long place) {
    return writer(fitting(), place);
  }

  KeyedWriter writer(FittingTable into, long place) {
    return new KeyedWriter(into, log(), how.deletes, sink, run, logs(), place);
  }

  @Override
  public PCollection<Committed> expand(PCollection<RowBatch> batches) {
    PCollection<KV<Integer, Keyed>> written =
        batches
            .apply("Bundles", Bundles.into(new KeyedWriters(this), Keyed.coder()))
            .apply("OneKey", WithKeys.<Integer, Keyed>of(0).withKeyType(integers()));
    if (how.interval == null) {
      return written
          .apply("Together", GroupByKey.create())
          .apply("Seal", ParDo.of(new Seal()))
          .setCoder(Keyed.coder())
          .apply("Commit", ParDo.of(new CommitOnce(this)))
          .setCoder(SerializableCoder.of(Committed.class));
    }
    return Intervals.of(written, how.interval)
        .apply("Seal", ParDo.of(new Seal()))
        .setCoder(Keyed.coder())
        .apply("Commit", ParDo.of(new Commit(this)))
        .setCoder(SerializableCoder.of(Committed.class));
  }

  /** The sealed interval, into the table, once. */
  Committed commit(TableCatalog open, Keyed sealed) throws IOException {
    Token token = Token.ofContent(sink, sealed.paths());
    Change append = Change.append(ref, token, List.of());
    if (sealed.paths().isEmpty()) {
      // Nothing came, not even a removal.
      return new Committer(open).commit(append);
    }
    return commit(open, sealed, append);
  }

  /**
   * What {@link #writer}s wrote, into the table, once.
   *
   * @param append without files: its token, its summary, what it may come upon
   */
  public Committed commit(TableCatalog open, Keyed sealed, Change append) throws IOException {
    Change change = append.files(sealed.files()).summary(how.summary);
    Table now = open.load(ref);
    Committed done = Committer.find(ref, now, append.token()).orElse(null);
    if (done == null) {
      try (WorkerDisk disk = WorkerDisk.open(table.io())) {
        KeyBounds bounds = new KeyBounds(table.schema(), how.key);
        NewestRows newest = NewestRows.of(log(), bounds, sealed.log(), logs(), disk.spill());
        done =
            new Committer(open, new FooterCheck(), PATIENCE)
                .commit(
                    change,
                    new ReplaceByKey(log(), sealed, newest, sink + "/" + run, disk.spill()),
                    sealed.files().isEmpty() ? null : new SketchStatistics(sealed.sketch()));
      }
    }
    forget(now, sealed);
    return done;
  }

  /** The log has served; where that fails it is an orphan like any other. */
  private static void forget(Table table, Keyed sealed) {
    try {
      sealed.log().stream().map(RunRef::path).distinct().forEach(table.io()::deleteFile);
    } catch (RuntimeException e) {
      return;
    }
  }

  private static final class Seal extends WorkFn<KV<Integer, Iterable<Keyed>>, Keyed> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<Keyed>> all, OutputReceiver<Keyed> out) {
      out.output(Keyed.of(all.getValue()));
    }
  }

  private static final class CommitOnce extends WorkFn<Keyed, Committed> {
    private static final long serialVersionUID = 1;
    private final UpsertStream how;

    CommitOnce(UpsertStream how) {
      this.how = how;
    }

    @ProcessElement
    public void process(@Element Keyed all, OutputReceiver<Committed> out) throws IOException {
      Token token = Token.ofRun(how.sink, how.run, List.of());
      try (TableCatalog open = TableCatalog.open(how.catalog)) {
        out.output(how.commit(open, all, Change.append(how.ref, token, List.of())));
      }
    }
  }

  private static final class Commit extends WorkFn<Keyed, Committed> {
    private static final long serialVersionUID = 1;
    private final UpsertStream how;

    Commit(UpsertStream how) {
      this.how = how;
    }

    @ProcessElement
    @RequiresStableInput
    public void process(@Element Keyed sealed, OutputReceiver<Committed> out) throws IOException {
      try (TableCatalog open = TableCatalog.open(how.catalog)) {
        out.output(TableUse.wrote(open, how.commit(open, sealed)));
      }
    }
  }
}
