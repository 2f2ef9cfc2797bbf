package dev.headwater.upsert;

import static org.apache.beam.sdk.values.TypeDescriptors.integers;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatch;
import dev.headwater.parquet.FooterCheck;
import dev.headwater.sketch.SketchStatistics;
import dev.headwater.table.AppendStream;
import dev.headwater.table.Bundles;
import dev.headwater.table.FittingTable;
import dev.headwater.table.StreamCommits;
import dev.headwater.table.TableUse;
import dev.headwater.table.WorkFn;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PartitioningWindowFn;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.joda.time.Duration;

/**
 * A stream's batches into a table, window by window of their event time: when a window is complete,
 * its rows take the place of all rows that the table has of that window, in one commit. Unbounded.
 * So a stream that is read again, or computed better, replaces what it had written before; a
 * table's partitions are best such windows (of an hour, a day), since whole files go then by their
 * metadata alone. A window of which no row comes leaves the table's rows as they are.
 *
 * <p>A window is complete when the watermark of the batches has passed its end. Rows of it that
 * come later are added to it, within an interval; none is dropped.
 *
 * <p>Exactly once, as {@link AppendStream} is and under the same conditions. Several sinks may
 * write one table; rows that they bring into a window before its commit are replaced, too.
 */
public final class OverwriteStream extends StreamCommits<PCollection<RowBatch>> {
  private static final long serialVersionUID = 1;
  private static final java.time.Duration PATIENCE = java.time.Duration.ofMinutes(10);

  private final CatalogConfig catalog;
  private final TableRef ref;
  private final WindowSink.Spec spec;
  private final How how;

  /** What can be chosen. */
  private record How(Duration interval, Duration remembered, HashMap<String, String> summary)
      implements Serializable {
    private static final long serialVersionUID = 1;
  }

  private OverwriteStream(CatalogConfig catalog, TableRef ref, WindowSink.Spec spec, How how) {
    this.catalog = catalog;
    this.ref = ref;
    this.spec = spec;
    this.how = how;
  }

  /**
   * Windows that a commit replaces as soon as they are complete.
   *
   * @param table the table as {@code catalog} has it; batches have its columns, found by name
   * @param sink the stable name of what writes, unique to it
   * @param run the id of the run, a folder of data files
   * @param time the column with the rows' event time: a timestamp or a date, never null; the
   *     watermark of the batches has to be about it
   * @param windows {@code FixedWindows.of(...)}, {@code CalendarWindows.days(1)} and the like
   * @throws dev.headwater.catalog.HeadwaterException USAGE if the column or the table can't be used
   *     for it
   */
  public static OverwriteStream to(
      CatalogConfig catalog,
      TableRef ref,
      Table table,
      String sink,
      String run,
      String time,
      PartitioningWindowFn<Object, IntervalWindow> windows) {
    DropRows.check(table, "delete rows of " + ref + " in a stream");
    EventTime event = EventTime.of(ref.toString(), table.schema(), time);
    return new OverwriteStream(
        catalog,
        ref,
        new WindowSink.Spec(
            new FittingTable(catalog, ref, table, sink, null, List.of(time)),
            sink,
            run,
            event,
            windows),
        new How(Duration.standardSeconds(10), Duration.standardDays(1), new HashMap<>()));
  }

  /** How long late rows wait for others, in processing time; ten seconds unless said. */
  public OverwriteStream every(Duration commitInterval) {
    return new OverwriteStream(
        catalog, ref, spec, new How(commitInterval, how.remembered, how.summary));
  }

  /**
   * How long after its end a window is remembered, in event time; a day unless said. The first rows
   * of a window that come within it replace what the table has, though they come late; after it
   * they are only added.
   */
  public OverwriteStream remembering(Duration windows) {
    return new OverwriteStream(catalog, ref, spec, new How(how.interval, windows, how.summary));
  }

  /**
   * What batches with other columns may do to the table's: it happens where they arrive, in a
   * commit of its own, see {@link FittingTable}. The time's column stays as it is.
   *
   * @param by without letters: a stream has none
   * @throws dev.headwater.catalog.HeadwaterException USAGE for a policy with letters
   */
  public OverwriteStream schema(SchemaPolicy by) {
    FittingTable into =
        new FittingTable(
            catalog, ref, spec.into().table(), spec.sink(), by, List.of(spec.time().column()));
    return new OverwriteStream(
        catalog,
        ref,
        new WindowSink.Spec(into, spec.sink(), spec.run(), spec.time(), spec.windows()),
        how);
  }

  /** What each snapshot's summary says besides the token and the counts. */
  public OverwriteStream summary(Map<String, String> more) {
    HashMap<String, String> all = new HashMap<>(how.summary);
    all.putAll(more);
    return new OverwriteStream(catalog, ref, spec, new How(how.interval, how.remembered, all));
  }

  @Override
  public PCollection<Committed> expand(PCollection<RowBatch> batches) {
    return batches
        .apply("Bundles", Bundles.into(spec, SerializableCoder.of(WindowPart.class)))
        .apply("OneKey", WithKeys.<Integer, WindowPart>of(0).withKeyType(integers()))
        .apply("Windows", ParDo.of(new GatherWindows(how.remembered, how.interval)))
        .setCoder(SerializableCoder.of(Ripe.class))
        .apply("Commit", ParDo.of(new Commit(this)))
        .setCoder(SerializableCoder.of(Committed.class));
  }

  /** Complete windows and late rows, into the table, once. */
  Committed commit(TableCatalog open, Ripe ripe) {
    List<String> paths = ripe.files().stream().map(DataFile::location).toList();
    Token token = Token.ofContent(spec.sink(), paths);
    Map<String, String> says = new HashMap<>(how.summary);
    says.put(SummaryKeys.ROWS_IN, Long.toString(ripe.rows()));
    says.put(SummaryKeys.ROWS_KEPT, Long.toString(ripe.rows()));
    says.put(SummaryKeys.FACT + "rows_late", Long.toString(ripe.late()));
    says.put(SummaryKeys.FACT + "windows_replaced", Integer.toString(ripe.replaced().size()));
    Change change = Change.append(ref, token, ripe.files()).summary(says);
    SketchStatistics sketch = new SketchStatistics(ripe.sketch());
    Committer committer = new Committer(open, new FooterCheck(), PATIENCE);
    if (ripe.replaced().isEmpty()) {
      return committer.commit(change, sketch);
    }
    String where = spec.time().within(ripe.spans());
    return new ReplaceRows(where, spec.sink() + "/" + spec.run())
        .swap(open, committer, change, sketch);
  }

  private static final class Commit extends WorkFn<Ripe, Committed> {
    private static final long serialVersionUID = 1;
    private final OverwriteStream how;

    Commit(OverwriteStream how) {
      this.how = how;
    }

    @ProcessElement
    @RequiresStableInput
    public void process(@Element Ripe ripe, OutputReceiver<Committed> out) {
      try (TableCatalog open = TableCatalog.open(how.catalog)) {
        out.output(TableUse.wrote(open, how.commit(open, ripe)));
      }
    }
  }
}
