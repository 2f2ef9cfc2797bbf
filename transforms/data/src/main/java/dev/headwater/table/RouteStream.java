package dev.headwater.table;

import static org.apache.beam.sdk.values.TypeDescriptors.strings;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Token;
import dev.headwater.columns.RowBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;

/**
 * A stream's batches into several tables, by the column that names the table, in one commit an
 * interval and table. Unbounded. Each table exactly once, as {@link AppendStream} says; nothing is
 * atomic over several tables. A row that names no table, or one that isn't there and may not be
 * made, fails its bundle: send such rows to the dead letters before.
 */
public final class RouteStream extends StreamCommits<PCollection<RowBatch>> {
  private static final long serialVersionUID = 1;

  private final Routes routes;
  private final String run;
  private final Duration interval;
  private final HashMap<String, String> summary;

  private RouteStream(Routes routes, String run, Duration interval, Map<String, String> summary) {
    this.routes = routes;
    this.run = run;
    this.interval = interval;
    this.summary = new HashMap<>(summary);
  }

  /**
   * A commit each ten seconds.
   *
   * @param routes of its token only the sink's name counts
   * @param run the id of the run, a folder of data files
   */
  public static RouteStream by(Routes routes, String run) {
    return new RouteStream(routes, run, Duration.standardSeconds(10), Map.of());
  }

  /** How long after the first file of a table's commit it is sealed, in processing time. */
  public RouteStream every(Duration commitInterval) {
    return new RouteStream(routes, run, commitInterval, summary);
  }

  /** What each snapshot's summary says besides the token and the counts. */
  public RouteStream summary(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(summary);
    all.putAll(more);
    return new RouteStream(routes, run, interval, all);
  }

  @Override
  public PCollection<Committed> expand(PCollection<RowBatch> batches) {
    PCollection<KV<String, Routed>> written =
        batches
            .apply("Bundles", Bundles.into(RouteSink.factory(routes, run), Routed.coder()))
            .apply("ByTable", WithKeys.<String, Routed>of(Routed::table).withKeyType(strings()));
    return Intervals.of(written, interval)
        .apply("Seal", ParDo.of(new Seal()))
        .setCoder(Routed.coder())
        .apply("Commit", ParDo.of(new Commit(routes, summary)))
        .setCoder(SerializableCoder.of(Committed.class));
  }

  private static final class Seal extends WorkFn<KV<String, Iterable<Routed>>, Routed> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element KV<String, Iterable<Routed>> all, OutputReceiver<Routed> out) {
      List<Arrived> parts = new ArrayList<>();
      String run = "";
      for (Routed each : all.getValue()) {
        parts.add(each.arrived());
        run = each.run();
      }
      out.output(new Routed(all.getKey(), run, Arrived.of(parts)));
    }
  }

  private static final class Commit extends WorkFn<Routed, Committed> {
    private static final long serialVersionUID = 1;
    private final Routes routes;
    private final HashMap<String, String> summary;

    Commit(Routes routes, Map<String, String> summary) {
      this.routes = routes;
      this.summary = new HashMap<>(summary);
    }

    @ProcessElement
    @RequiresStableInput
    public void process(@Element Routed sealed, OutputReceiver<Committed> out) throws IOException {
      AppendTo into = routes.into(sealed.table(), sealed.run(), summary);
      try (TableCatalog open = TableCatalog.open(routes.catalog())) {
        Token token = Token.ofContent(into.sink(), sealed.arrived().paths());
        out.output(TableUse.wrote(open, into.commit(open, token, sealed.arrived())));
      }
    }
  }
}
