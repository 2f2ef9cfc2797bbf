package dev.headwater.pipelines;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.kafka.OffsetRanges;
import dev.headwater.pipelines.project.Target;
import dev.headwater.table.Routes;
import dev.headwater.upsert.ReplaceRows;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.iceberg.Table;

/** The rows that a topic has in the tables which they name, wherever they would go now. */
final class RoutedRows {
  private final Target target;
  private final TableCatalog catalog;
  private final Routes routes;
  private final PlacedRows placed;

  RoutedRows(Target target, TableCatalog catalog, Routes routes, PlacedRows placed) {
    this.target = target;
    this.catalog = catalog;
    this.routes = routes;
    this.placed = placed;
  }

  /** The rows of some records, in SQL, by the routes of the tables that have some of them. */
  Map<String, String> of(OffsetRanges ranges) {
    Map<String, String> out = new TreeMap<>();
    tables()
        .forEach(
            (route, table) -> {
              String where = placed.where(table, routes.token(route).sink(), ranges);
              if (where != null && PlacedRows.count(table, where) > 0) {
                ReplaceRows.check(table, "backfill " + table.name());
                out.put(route, where);
              }
            });
    return out;
  }

  /** How many rows of some records there are. */
  long count(OffsetRanges ranges) {
    return of(ranges).entrySet().stream()
        .mapToLong(e -> PlacedRows.count(catalog.load(routes.ref(e.getKey())), e.getValue()))
        .sum();
  }

  /** By their routes those that its rows, or its letters', ever came to, as they say themselves. */
  private Map<String, Table> tables() {
    Map<String, Table> out = new TreeMap<>();
    for (TableRef ref : catalog.list(routes.namespace())) {
      String name = ref.name();
      String route =
          name.startsWith(routes.prefix()) ? name.substring(routes.prefix().length()) : "";
      if (routes.names(route)) {
        catalog.find(ref).filter(table -> cameTo(table, route)).ifPresent(t -> out.put(route, t));
      }
    }
    return out;
  }

  private boolean cameTo(Table table, String route) {
    return History.of(table).stream()
        .map(snapshot -> snapshot.summary().getOrDefault(SummaryKeys.TOKEN, ""))
        .anyMatch(
            token ->
                Stream.of(
                        routes.token().sink(),
                        Backfill.STAGE + "." + target.name(),
                        LetterSettling.STAGE + "." + target.name())
                    .anyMatch(sink -> token.startsWith(sink + "." + route + "/")));
  }
}
