package dev.headwater.table;

import static org.apache.beam.sdk.values.TypeDescriptors.integers;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatch;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;
import org.joda.time.Duration;

/**
 * A stream's batches into a table, in one commit an interval. Unbounded; each bundle ends in data
 * files of its own, so many short bundles make many small files, to be compacted later. Late rows
 * are rows like any other. Every batch has to fit the table: what does not is to be sent to the
 * dead letters before.
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

  private final CatalogConfig catalog;
  private final TableRef ref;
  private final Table table;
  private final String sink;
  private final String run;
  private final Duration interval;
  private final Map<String, String> summary;

  private AppendStream(
      CatalogConfig catalog,
      TableRef ref,
      Table table,
      String sink,
      String run,
      Duration interval,
      Map<String, String> summary) {
    this.catalog = catalog;
    this.ref = ref;
    this.table = table;
    this.sink = sink;
    this.run = run;
    this.interval = interval;
    this.summary = new HashMap<>(summary);
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
        Map.of());
  }

  /** How long after the first file of a commit it is sealed, in processing time. */
  public AppendStream every(Duration commitInterval) {
    return new AppendStream(catalog, ref, table, sink, run, commitInterval, summary);
  }

  /** What each snapshot's summary says besides the token and the counts. */
  public AppendStream summary(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(summary);
    all.putAll(more);
    return new AppendStream(catalog, ref, table, sink, run, interval, all);
  }

  @Override
  public PCollection<Committed> expand(PCollection<RowBatch> batches) {
    PCollection<KV<Integer, Written>> written =
        batches
            .apply("Bundles", Bundles.into(new Files(table, sink, run), Written.coder()))
            .apply("OneKey", WithKeys.<Integer, Written>of(0).withKeyType(integers()));
    return Intervals.of(written, interval)
        .apply("Seal", ParDo.of(new Seal()))
        .setCoder(Written.coder())
        .apply("Commit", ParDo.of(new Commit(this)))
        .setCoder(SerializableCoder.of(Committed.class));
  }

  /** The sealed list, into the table, once. */
  Committed commit(TableCatalog open, Written sealed) {
    List<String> paths = sealed.files().stream().map(DataFile::location).toList();
    return CommitTable.append(catalog, ref, Token.ofContent(sink, paths))
        .summary(summary)
        .commit(open, List.of(sealed));
  }

  /** A bundle's rows into files of its own. */
  private record Files(Table table, String sink, String run) implements BatchSink.Factory<Written> {
    @Override
    public BatchSink<Written> open() {
      BatchWriter writer = BatchWriter.open(table, sink, run).sorting().sketching();
      return new BatchSink<>() {
        @Override
        public void accept(RowBatch batch) throws IOException {
          writer.accept(batch);
        }

        @Override
        public List<Written> finish() throws IOException {
          List<DataFile> files = writer.finish();
          return files.isEmpty()
              ? List.of()
              : List.of(Written.of(files, writer.rows(), writer.rows(), 0).sketch(writer.sketch()));
        }

        @Override
        public void close() {
          writer.close();
        }
      };
    }
  }

  private static final class Seal extends DoFn<KV<Integer, Iterable<Written>>, Written> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<Written>> all, OutputReceiver<Written> out) {
      out.output(Totals.of(all.getValue()));
    }
  }

  private static final class Commit extends DoFn<Written, Committed> {
    private static final long serialVersionUID = 1;
    private final AppendStream how;

    Commit(AppendStream how) {
      this.how = how;
    }

    @ProcessElement
    @RequiresStableInput
    public void process(@Element Written sealed, OutputReceiver<Committed> out) {
      try (TableCatalog open = TableCatalog.open(how.catalog)) {
        out.output(how.commit(open, sealed));
      }
    }
  }
}
