package dev.headwater.kafka;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.columns.Bits;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.table.BatchSink;
import dev.headwater.table.Origin;
import dev.headwater.table.RouteSink;
import dev.headwater.table.Routed;
import dev.headwater.table.Routes;
import dev.headwater.table.RowFit;
import dev.headwater.validate.RouteCheck;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.types.Types;

/**
 * A part's rows into the files of several tables. A job that ended between the commits of two
 * tables reads again what one of them has: such rows are told apart. One thread.
 */
final class RouteWriter implements AutoCloseable {
  private final Routes routes;
  private final Known known;
  private final TableCatalog catalog;
  private final RouteCheck check;
  private final BatchSink<Routed> files;
  private long rows;

  /** Writers of one worker, one after the other: what it first saw that tables have. */
  static final class Known {
    private final Map<String, Offsets> next = new HashMap<>();
    private final BatchSink.Factory<Routed> sinks;

    Known(IngestSpec spec, Routes routes) {
      this.sinks = RouteSink.factory(routes, spec.run);
    }

    /** Of rows that are read again nothing: all of them come. */
    private Offsets of(Routes routes, TableCatalog open, String route) {
      if (routes.before()) {
        return Offsets.NONE;
      }
      return next.computeIfAbsent(
          route,
          name ->
              open.find(routes.ref(name))
                  .flatMap(table -> Progress.of(table, routes.token(name).sink()))
                  .map(Progress::next)
                  .orElse(Offsets.NONE));
    }
  }

  RouteWriter(IngestSpec spec, Routes routes, Known known) throws IOException {
    this.routes = routes;
    this.known = known;
    this.catalog = TableCatalog.open(routes.catalog());
    this.check = new RouteCheck(routes, catalog, spec.run, spec.atMicros);
    this.files = known.sinks.open();
  }

  /** Letters of rows that can go to no table. */
  RowFit.Fitted fit(RowBatch batch, Origin from) {
    return check.fit(batch, from);
  }

  /** The rows that their tables do not have yet. */
  Bits fresh(RowBatch batch, int partition, Origin from) {
    Values names = Values.of(batch.column(routes.column()), Types.StringType.get());
    long[] fresh = new long[Bits.words(batch.size())];
    for (int row = 0; row < batch.size(); row++) {
      Long had = known.of(routes, catalog, String.valueOf(names.at(row))).of(partition);
      if (had == null || from.position(row) >= had) {
        fresh[row >>> 6] |= 1L << row;
      }
    }
    return Bits.of(fresh, batch.size());
  }

  void accept(RowBatch batch) throws IOException {
    if (batch.size() > 0) {
      files.accept(batch);
      rows += batch.size();
    }
  }

  /** How many rows are in its files. */
  long rows() {
    return rows;
  }

  List<RoutedPart> finish() throws IOException {
    List<RoutedPart> out = new ArrayList<>();
    for (Routed routed : files.finish()) {
      out.add(new RoutedPart(routed, known.of(routes, catalog, routed.table())));
    }
    return out;
  }

  @Override
  public void close() throws IOException {
    try (catalog) {
      files.close();
    }
  }
}
