package dev.headwater.table;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.DoFn;
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
        .setCoder(KvCoder.of(StringUtf8Coder.of(), Written.coder()))
        .apply("Together", GroupByKey.create())
        .apply("Commit", ParDo.of(new Commit(routes, summary)))
        .setCoder(SerializableCoder.of(Committed.class));
  }

  private static final class ByTable extends DoFn<Routed, KV<String, Written>> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Routed routed, OutputReceiver<KV<String, Written>> out) {
      out.output(KV.of(routed.table(), routed.written()));
    }
  }

  private static final class Commit extends DoFn<KV<String, Iterable<Written>>, Committed> {
    private static final long serialVersionUID = 1;
    private final Routes routes;
    private final Map<String, String> summary;

    Commit(Routes routes, Map<String, String> summary) {
      this.routes = routes;
      this.summary = summary;
    }

    @ProcessElement
    public void process(
        @Element KV<String, Iterable<Written>> table, OutputReceiver<Committed> out) {
      Change change =
          Change.append(routes.ref(table.getKey()), routes.token(table.getKey()), List.of())
              .summary(summary);
      try (TableCatalog open = TableCatalog.open(routes.catalog())) {
        out.output(CommitTable.of(routes.catalog(), change).commit(open, table.getValue()));
      }
    }
  }
}
