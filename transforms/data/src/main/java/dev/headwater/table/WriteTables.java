package dev.headwater.table;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Token;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * What {@link RouteSink}s wrote, into one commit of each table. Bounded. Each table exactly once,
 * under a token of its own; nothing is atomic over several tables: a run that is killed in between
 * has some of them, and brings the others when it is run again.
 */
public final class WriteTables extends PTransform<PCollection<Routed>, PCollection<Committed>> {
  private static final long serialVersionUID = 1;

  private final Routes routes;
  private final Map<String, String> summary;

  /**
   * Appends to the tables.
   *
   * @param summary what each snapshot's summary says besides the token and the counts
   */
  public WriteTables(Routes routes, Map<String, String> summary) {
    this.routes = routes;
    this.summary = Map.copyOf(summary);
  }

  @Override
  public PCollection<Committed> expand(PCollection<Routed> written) {
    return written
        .apply("ByTable", ParDo.of(new ByTable()))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), Routed.coder()))
        .apply("Together", GroupByKey.create())
        .apply("Commit", ParDo.of(new Commit(routes, summary)))
        .setCoder(SerializableCoder.of(Committed.class));
  }

  private static final class ByTable extends WorkFn<Routed, KV<String, Routed>> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Routed routed, OutputReceiver<KV<String, Routed>> out) {
      out.output(KV.of(routed.table(), routed));
    }
  }

  private static final class Commit extends WorkFn<KV<String, Iterable<Routed>>, Committed> {
    private static final long serialVersionUID = 1;
    private final Routes routes;
    private final Map<String, String> summary;

    Commit(Routes routes, Map<String, String> summary) {
      this.routes = routes;
      this.summary = summary;
    }

    @ProcessElement
    public void process(@Element KV<String, Iterable<Routed>> table, OutputReceiver<Committed> out)
        throws IOException {
      List<Arrived> parts = new ArrayList<>();
      String run = "";
      for (Routed each : table.getValue()) {
        parts.add(each.arrived());
        run = each.run();
      }
      try (TableCatalog open = TableCatalog.open(routes.catalog())) {
        AppendTo into = routes.into(table.getKey(), run, summary);
        Token token = routes.token(table.getKey());
        out.output(TableUse.wrote(open, into.commit(open, token, Arrived.of(parts))));
      }
    }
  }
}
