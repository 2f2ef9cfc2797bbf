package dev.headwater.table;

import static org.apache.beam.sdk.values.TypeDescriptors.integers;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.BaseMovedException;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatch;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A stream's batches into a table, in one commit an interval. Unbounded; each bundle ends in data
 * files of its own, so many short bundles make many small files, to be compacted later. Late rows
 * are rows like any other. Every batch has to fit the table, or, with {@link #schema}, the table is
 * made to fit: what does not for all that is to be sent to the dead letters before.
 *
 * <p>Exactly once: what a pane of the trigger gathered is sealed before it is committed, and the
 * commit's token is the hash of its files' paths. A sealed list that is seen again finds its own
 * commit; an attempt that was not sealed leaves orphans, never rows. On Flink that takes
 * exactly-once checkpoints; a commit comes with the first checkpoint after its interval. A job that
 * is taken back to a savepoint older than the newest one reads again what it has committed since,
 * and writes it again.
 */
public final class AppendStream extends PTransform<PCollection<RowBatch>, PCollection<Committed>> {
  private static final long serialVersionUID = 1;

  /** Somebody else changes the table's columns so often at most. */
  private static final int MOST_TRIES = 5;

  private final CatalogConfig catalog;
  private final TableRef ref;
  private final Table table;
  private final String sink;
  private final String run;
  private final Duration interval;
  private final Map<String, String> summary;
  private final @Nullable SchemaPolicy policy;

  private AppendStream(
      CatalogConfig catalog,
      TableRef ref,
      Table table,
      String sink,
      String run,
      Duration interval,
      Map<String, String> summary,
      @Nullable SchemaPolicy policy) {
    this.catalog = catalog;
    this.ref = ref;
    this.table = table;
    this.sink = sink;
    this.run = run;
    this.interval = interval;
    this.summary = new HashMap<>(summary);
    this.policy = policy;
  }

  /**
   * A commit each ten seconds.
   *
   * @param table the table as {@code catalog} has it; batches have its columns, found by name
   * @param sink the stable name of what writes, unique to it; several sinks may write one table
   * @param run the id of the run, a folder of data files
   */
  public static AppendStream to(
      CatalogConfig catalog, TableRef ref, Table table, String sink, String run) {
    return new AppendStream(
        catalog,
        ref,
        SerializableTable.copyOf(table),
        sink,
        run,
        Duration.standardSeconds(10),
        Map.of(),
        null);
  }

  /** How long after the first file of a commit it is sealed, in processing time. */
  public AppendStream every(Duration commitInterval) {
    return new AppendStream(catalog, ref, table, sink, run, commitInterval, summary, policy);
  }

  /** What each snapshot's summary says besides the token and the counts. */
  public AppendStream summary(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(summary);
    all.putAll(more);
    return new AppendStream(catalog, ref, table, sink, run, interval, all, policy);
  }

  /**
   * What batches with other columns may do to the table's: columns that come, or get wider, do so
   * in the commit of their rows. Those rows wait for it as they are, and the commit writes them;
   * what follows is written where it arrives.
   *
   * @param by without names that change, and without letters: neither is done in a stream
   * @throws HeadwaterException USAGE for a policy with one of these
   */
  public AppendStream schema(SchemaPolicy by) {
    if (!by.rename().isEmpty() || by.orElse() == SchemaPolicy.Else.LETTERS) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Cannot append a stream to "
              + ref
              + " by this schema policy: "
              + (by.rename().isEmpty() ? "it sends rows to the letters." : "it renames columns."),
          by.rename().isEmpty()
              ? "take else: stop, and send such rows to the dead letters before."
              : "rename the table's columns, and those of the batches, before.");
    }
    return new AppendStream(catalog, ref, table, sink, run, interval, summary, by);
  }

  @Override
  public PCollection<Committed> expand(PCollection<RowBatch> batches) {
    AppendSink.Factory files =
        new AppendSink.Factory(catalog, ref, table, sink, run, policy != null);
    PCollection<KV<Integer, Arrived>> written =
        batches
            .apply("Bundles", Bundles.into(files, SerializableCoder.of(Arrived.class)))
            .apply("OneKey", WithKeys.<Integer, Arrived>of(0).withKeyType(integers()));
    return Intervals.of(written, interval)
        .apply("Seal", ParDo.of(new Seal()))
        .setCoder(SerializableCoder.of(Arrived.class))
        .apply("Commit", ParDo.of(new Commit(this)))
        .setCoder(SerializableCoder.of(Committed.class));
  }

  /** The sealed list, into the table, once. */
  Committed commit(TableCatalog open, Arrived sealed) throws IOException {
    CommitTable commit =
        CommitTable.append(catalog, ref, Token.ofContent(sink, sealed.paths())).summary(summary);
    return sealed.others().isEmpty()
        ? commit.commit(open, List.of(sealed.written()))
        : evolve(open, commit, sealed);
  }

  /** With rows whose columns the table lacked; computed anew if somebody else changes them. */
  private Committed evolve(TableCatalog open, CommitTable commit, Arrived sealed)
      throws IOException {
    SchemaPolicy by = Objects.requireNonNull(policy, "only with one rows wait for the commit");
    Spill scratch = AppendSink.scratch(table, sink, run);
    List<RunRef> others = sealed.others();
    for (int left = MOST_TRIES; ; left--) {
      Table now = open.load(ref);
      Committed done = Committer.find(ref, now, Token.ofContent(sink, sealed.paths())).orElse(null);
      if (done == null) {
        NewColumns columns = NewColumns.of(ref, now, by, scratch, others);
        Written written = columns.write(sink, run, scratch, others);
        try {
          done =
              commit
                  .shape(columns.shape())
                  .summary(columns.summary())
                  .commit(open, List.of(sealed.written(), written));
        } catch (BaseMovedException e) {
          if (left > 0) {
            continue;
          }
          throw e;
        }
      }
      forget(others);
      return done;
    }
  }

  /** They have served; where that fails they are orphans like any other. */
  private void forget(List<RunRef> others) {
    try {
      others.stream().map(RunRef::path).distinct().forEach(table.io()::deleteFile);
    } catch (RuntimeException e) {
      return;
    }
  }

  private static final class Seal extends DoFn<KV<Integer, Iterable<Arrived>>, Arrived> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<Arrived>> all, OutputReceiver<Arrived> out) {
      out.output(Arrived.of(all.getValue()));
    }
  }

  private static final class Commit extends DoFn<Arrived, Committed> {
    private static final long serialVersionUID = 1;
    private final AppendStream how;

    Commit(AppendStream how) {
      this.how = how;
    }

    @ProcessElement
    @RequiresStableInput
    public void process(@Element Arrived sealed, OutputReceiver<Committed> out) throws IOException {
      try (TableCatalog open = TableCatalog.open(how.catalog)) {
        out.output(how.commit(open, sealed));
      }
    }
  }
}
