package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Arrival;
import dev.headwater.catalog.commit.Evolution;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.catalog.commit.Settings;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.Partition;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.table.RowFit;
import dev.headwater.validate.SchemaFit;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;

/**
 * What a run makes of its table's columns by the table's policy, and how files that differ from
 * them are read.
 *
 * @param fits by the file's path; files that have the table's columns are not in it
 */
record Shaping(TableShape into, Evolution evolution, Map<String, RowFit.Factory> fits) {
  /** The fact that tells what became of the columns: "added c; widened a from int to long". */
  static final String CHANGES = SummaryKeys.FACT + "columns_changed";

  /** The fact that tells how many columns of files had no place in the table. */
  static final String UNFIT = "columns_unfit";

  /**
   * For rows that come to those that are there, or take the place of all.
   *
   * @throws HeadwaterException DATA if they don't fit and the policy says to stop, USAGE if the
   *     time's column is not among them
   */
  static Shaping of(
      TableCatalog catalog,
      TableRef ref,
      TableDecl table,
      Settings settings,
      List<Arrival> arrivals,
      Run run,
      boolean anew) {
    Optional<Table> there = catalog.find(ref);
    SchemaPolicy policy = table.schema();
    Evolution evolution =
        anew || there.isEmpty()
            ? Evolution.anew(there.orElse(null), arrivals, policy)
            : Evolution.of(there.get(), arrivals, policy);
    if (policy.orElse() == SchemaPolicy.Else.STOP) {
      evolution.orStop("table " + table.name(), "tables." + table.name() + ".schema");
    }
    Schema columns = evolution.columns();
    time(table, columns);
    TableShape into =
        anew || there.isEmpty()
            ? TableShape.exactly(
                catalog, ref, columns, Partition.spec(columns, table.partition()), settings, policy)
            : TableShape.atLeast(catalog, ref, columns, table.partition(), settings, policy);
    long at = ChronoUnit.MICROS.between(Instant.EPOCH, run.started());
    Map<String, RowFit.Factory> fits =
        SchemaFit.rule(policy, run.id().toString(), at)
            .each(
                table.steps().isEmpty() ? arrivals : List.of(),
                evolution,
                policy,
                into.table().schema());
    return new Shaping(into, evolution, fits);
  }

  private static void time(TableDecl table, Schema columns) {
    if (table.time() != null && columns.findField(table.time()) == null) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot ingest "
              + table.name()
              + (table.steps().isEmpty() ? ": its files have" : ": what its transforms give has")
              + " no time column "
              + table.time()
              + ", only "
              + String.join(", ", columns.columns().stream().map(c -> c.name()).toList())
              + ".",
          "name one of these in tables." + table.name() + ".time.");
    }
  }

  /** Whether there may be rows that go to the letters. */
  boolean letters() {
    return !evolution.misfits().isEmpty();
  }

  /** What the commit's summary says of the columns. */
  Map<String, String> summary() {
    Map<String, String> summary = new HashMap<>();
    if (!evolution.changes().isEmpty()) {
      summary.put(CHANGES, String.join("; ", evolution.changes()));
    }
    if (letters()) {
      summary.put(SummaryKeys.FACT + UNFIT, Integer.toString(evolution.misfits().size()));
    }
    return summary;
  }
}
