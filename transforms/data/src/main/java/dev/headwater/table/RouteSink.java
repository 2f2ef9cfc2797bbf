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
import org.apache.iceberg.DataFile;
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
  private final Map<String, Table> tables = new HashMap<>();
  private final LinkedHashMap<String, BatchWriter> open = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, List<DataFile>> done = new LinkedHashMap<>();
  private final Map<String, Long> rows = new HashMap<>();

  private RouteSink(Routes routes, String run) {
    this.routes = routes;
    this.run = run;
    this.catalog = TableCatalog.open(routes.catalog());
  }

  /**
   * Sinks of one run.
   *
   * @param run the run's id, for the files' folder
   */
  public static Factory<Routed> factory(Routes routes, String run) {
    return () -> new RouteSink(routes, run);
  }

  @Override
  public void accept(RowBatch batch) throws IOException {
    for (Map.Entry<String, int[]> part : split(batch).entrySet()) {
      RowBatch own = part.getValue().length == batch.size() ? batch : batch.gather(part.getValue());
      writer(part.getKey(), batch).accept(own);
      rows.merge(part.getKey(), (long) own.size(), Long::sum);
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

  private BatchWriter writer(String route, RowBatch batch) throws IOException {
    BatchWriter writer = open.get(route);
    if (writer == null) {
      if (open.size() == OPEN) {
        endOldest();
      }
      Table table =
          tables.computeIfAbsent(route, name -> routes.open(catalog, name, batch.schema()));
      writer = BatchWriter.open(table, routes.token(route).sink(), run).sorting();
      open.put(route, writer);
    }
    return writer;
  }

  private long held() {
    return open.values().stream().mapToLong(BatchWriter::held).sum();
  }

  private void endOldest() throws IOException {
    end(open.keySet().iterator().next());
  }

  private void end(String route) throws IOException {
    @Nullable BatchWriter writer = open.remove(route);
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
    done.forEach(
        (route, files) -> {
          long n = rows.getOrDefault(route, 0L);
          out.add(new Routed(route, Written.of(files, n, n, 0)));
        });
    return out;
  }

  @Override
  public void close() {
    open.values().forEach(BatchWriter::close);
    open.clear();
    catalog.close();
  }
}
