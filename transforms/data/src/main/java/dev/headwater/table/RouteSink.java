package dev.headwater.table;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Batches into the files of several tables, by the column that names the table. Memory is bounded
 * whatever the number of tables: at most {@value #OPEN} are written at a time, with {@value
 * #HELD_BYTES} bytes together; beyond that the files end of the one that was longest without rows.
 * One thread. Commit them with {@link WriteTables}.
 */
public final class RouteSink implements BatchSink<Routed> {
  static final int OPEN = 50;
  private static final long HELD_BYTES = 256L << 20;

  private final Routes routes;
  private final String run;
  private final TableCatalog catalog;
  private final Map<String, AppendSink.Factory> tables;
  private final LinkedHashMap<String, AppendSink> open = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, List<Arrived>> done = new LinkedHashMap<>();

  private RouteSink(Routes routes, String run, Map<String, AppendSink.Factory> tables) {
    this.routes = routes;
    this.run = run;
    this.tables = tables;
    this.catalog = TableCatalog.open(routes.catalog());
  }

  /**
   * Sinks of one run.
   *
   * @param run the run's id, for the files' folder
   */
  public static Factory<Routed> factory(Routes routes, String run) {
    return new Sinks(routes, run);
  }

  /** Sinks of one worker, one after the other, which know how its tables were last seen. */
  private static final class Sinks implements Factory<Routed> {
    private static final long serialVersionUID = 1;
    private final Routes routes;
    private final String run;
    private final HashMap<String, AppendSink.Factory> tables = new HashMap<>();

    Sinks(Routes routes, String run) {
      this.routes = routes;
      this.run = run;
    }

    @Override
    public RouteSink open() {
      return new RouteSink(routes, run, tables);
    }
  }

  @Override
  public void accept(RowBatch batch) throws IOException {
    for (Map.Entry<String, int[]> part : split(batch).entrySet()) {
      RowBatch own = part.getValue().length == batch.size() ? batch : batch.gather(part.getValue());
      writer(part.getKey(), batch).accept(own);
    }
    while (open.size() > 1 && held() > HELD_BYTES) {
      endOldest();
    }
  }

  private Map<String, int[]> split(RowBatch batch) {
    Column column = batch.column(routes.column());
    Values names = Values.of(column, Types.StringType.get());
    Map<String, List<Integer>> rowsOf = new LinkedHashMap<>();
    for (int row = 0; row < batch.size(); row++) {
      Object name = names.at(row);
      if (name == null) {
        throw new HeadwaterException(
            Kind.DATA,
            "Cannot tell the table of a row: its " + routes.column() + " is null.",
            "fill it, or send such rows to the letters by a contract.");
      }
      rowsOf.computeIfAbsent(name.toString(), n -> new ArrayList<>()).add(row);
    }
    Map<String, int[]> out = new LinkedHashMap<>();
    rowsOf.forEach((name, at) -> out.put(name, at.stream().mapToInt(i -> i).toArray()));
    return out;
  }

  private AppendSink writer(String route, RowBatch batch) throws IOException {
    AppendSink writer = open.get(route);
    if (writer == null) {
      if (open.size() == OPEN) {
        endOldest();
      }
      writer = tables.computeIfAbsent(route, name -> files(name, batch.schema())).open();
      open.put(route, writer);
    }
    return writer;
  }

  private AppendSink.Factory files(String route, Schema schema) {
    Table table = routes.open(catalog, route, schema);
    return new AppendSink.Factory(
        routes.catalog(),
        routes.ref(route),
        SerializableTable.copyOf(table),
        routes.token(route).sink(),
        run,
        routes.policy(),
        routes.before());
  }

  private long held() {
    return open.values().stream().mapToLong(AppendSink::held).sum();
  }

  private void endOldest() throws IOException {
    end(open.keySet().iterator().next());
  }

  private void end(String route) throws IOException {
    @Nullable AppendSink writer = open.remove(route);
    if (writer != null) {
      try (writer) {
        done.computeIfAbsent(route, r -> new ArrayList<>()).addAll(writer.finish());
      }
    }
  }

  @Override
  public List<Routed> finish() throws IOException {
    for (String route : List.copyOf(open.keySet())) {
      end(route);
    }
    List<Routed> out = new ArrayList<>();
    done.forEach((route, parts) -> out.add(new Routed(route, run, Arrived.of(parts))));
    return out;
  }

  @Override
  public void close() {
    open.values().forEach(AppendSink::close);
    open.clear();
    catalog.close();
  }
}
