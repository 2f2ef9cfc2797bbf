package dev.headwater.validate;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.columns.Bits;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatches;
import dev.headwater.columns.Values;
import dev.headwater.table.Origin;
import dev.headwater.table.Routes;
import dev.headwater.table.RowCheck;
import dev.headwater.table.RowFit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Rows that name no table that they could go to are letters with the code {@code route}. A table is
 * asked for once; one that is made meanwhile is found by the next check. One thread.
 */
public final class RouteCheck implements RowFit {
  public static final String CODE = "route";

  /** So many tables are made on the way at most: whoever names them may have gone wrong. */
  static final int MOST_TABLES = 1_000;

  private final Routes routes;
  private final TableCatalog catalog;
  private final String run;
  private final long atMicros;
  private final Map<String, Optional<String>> known = new HashMap<>();

  /**
   * Checks where rows go.
   *
   * @param run the run's id, for the letters
   * @param atMicros when the run began, in microseconds since 1970
   */
  public RouteCheck(Routes routes, TableCatalog catalog, String run, long atMicros) {
    this.routes = routes;
    this.catalog = catalog;
    this.run = run;
    this.atMicros = atMicros;
  }

  @Override
  public Fitted fit(RowBatch batch, Origin from) {
    String column = routes.column();
    Values names = Values.of(batch.column(column), Types.StringType.get());
    long[] bad = new long[Bits.words(batch.size())];
    LetterBatch letters = new LetterBatch(run, atMicros);
    for (int row = 0; row < batch.size(); row++) {
      Object value = names.at(row);
      String name = value == null ? null : value.toString();
      String why =
          name == null
              ? column + " is null: it names no table"
              : known.computeIfAbsent(name, this::wrong).orElse(null);
      if (why != null) {
        bad[row >>> 6] |= 1L << row;
        letters.add(
            new Letter(
                from.source(),
                from.position(row),
                List.of(new Letter.Reason(CODE, why, column, name)),
                RowJson.row(batch, row),
                from.raw(row)));
      }
    }
    @Nullable RowBatch broken = letters.take();
    if (broken == null) {
      return new Fitted(batch, null, null);
    }
    Bits kept = Bits.of(bad, batch.size()).not();
    return new Fitted(batch.filter(kept), kept, broken);
  }

  /** And then another check, of the rows that have a table. */
  public RowCheck then(RowCheck next) {
    return (batch, from) -> {
      Fitted going = fit(batch, from);
      Bits kept = going.kept();
      RowBatch none = going.letters();
      RowCheck.Checked checked =
          next.check(going.good(), kept == null ? from : from.of(kept.positions()));
      RowBatch broken = checked.letters();
      return none == null || broken == null
          ? new RowCheck.Checked(checked.good(), none == null ? broken : none)
          : new RowCheck.Checked(checked.good(), RowBatches.concat(List.of(none, broken)));
    };
  }

  /** Why rows cannot go there; empty if they can. */
  private Optional<String> wrong(String route) {
    if (!routes.names(route)) {
      return Optional.of("'" + route + "' can be no table's name: letters, digits and _ make one");
    }
    if (catalog.find(routes.ref(route)).isPresent()) {
      return Optional.empty();
    }
    if (routes.creates() == null) {
      return Optional.of("there is no table " + routes.ref(route) + ", and none may be made");
    }
    long tables =
        catalog.list(routes.namespace()).stream()
            .filter(ref -> ref.name().startsWith(routes.prefix()))
            .count();
    return tables < MOST_TABLES
        ? Optional.empty()
        : Optional.of("there are " + tables + " tables already, and more are not made on the way");
  }
}
