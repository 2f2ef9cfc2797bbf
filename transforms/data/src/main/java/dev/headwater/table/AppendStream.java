package dev.headwater.table;

import static org.apache.beam.sdk.values.TypeDescriptors.integers;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatch;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.SerializableCoder;
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
public final class AppendStream extends StreamCommits<PCollection<RowBatch>> {
  private static final long serialVersionUID = 1;

  private final AppendTo to;
  private final Table table;
  private final Duration interval;

  private AppendStream(AppendTo to, Table table, Duration interval) {
    this.to = to;
    this.table = table;
    this.interval = interval;
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
        new AppendTo(catalog, ref, sink, run, null, Map.of()),
        SerializableTable.copyOf(table),
        Duration.standardSeconds(10));
  }

  /** How long after the first file of a commit it is sealed, in processing time. */
  public AppendStream every(Duration commitInterval) {
    return new AppendStream(to, table, commitInterval);
  }

  /** What each snapshot's summary says besides the token and the counts. */
  public AppendStream summary(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(to.summary());
    all.putAll(more);
    return with(to.policy(), all);
  }

  /**
   * What batches with other columns may do to the table's: columns that come, get wider, optional
   * or another name do so in the commit of their rows. Those rows wait for it as they are, and the
   * commit writes them; what follows is written where it arrives.
   *
   * @param by without letters: a stream has none
   * @throws HeadwaterException USAGE for a policy with letters
   */
  public AppendStream schema(SchemaPolicy by) {
    return with(Renaming.checked(to.ref(), by), to.summary());
  }

  private AppendStream with(@Nullable SchemaPolicy policy, Map<String, String> summary) {
    return new AppendStream(
        new AppendTo(to.catalog(), to.ref(), to.sink(), to.run(), policy, summary),
        table,
        interval);
  }

  @Override
  public PCollection<Committed> expand(PCollection<RowBatch> batches) {
    AppendSink.Factory files =
        new AppendSink.Factory(to.catalog(), to.ref(), table, to.sink(), to.run(), to.policy());
    PCollection<KV<Integer, Arrived>> written =
        batches
            .apply("Bundles", Bundles.into(files, SerializableCoder.of(Arrived.class)))
            .apply("OneKey", WithKeys.<Integer, Arrived>of(0).withKeyType(integers()));
    return Intervals.of(written, interval)
        .apply("Seal", ParDo.of(new Seal()))
        .setCoder(SerializableCoder.of(Arrived.class))
        .apply("Commit", ParDo.of(new Commit(to)))
        .setCoder(SerializableCoder.of(Committed.class));
  }

  /** The sealed list, into the table, once. */
  Committed commit(TableCatalog open, Arrived sealed) throws IOException {
    return to.commit(open, Token.ofContent(to.sink(), sealed.paths()), sealed);
  }

  private static final class Seal extends WorkFn<KV<Integer, Iterable<Arrived>>, Arrived> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<Arrived>> all, OutputReceiver<Arrived> out) {
      out.output(Arrived.of(all.getValue()));
    }
  }

  private static final class Commit extends WorkFn<Arrived, Committed> {
    private static final long serialVersionUID = 1;
    private final AppendTo to;

    Commit(AppendTo to) {
      this.to = to;
    }

    @ProcessElement
    @RequiresStableInput
    public void process(@Element Arrived sealed, OutputReceiver<Committed> out) throws IOException {
      try (TableCatalog open = TableCatalog.open(to.catalog())) {
        Token token = Token.ofContent(to.sink(), sealed.paths());
        out.output(TableUse.wrote(open, to.commit(open, token, sealed)));
      }
    }
  }
}
