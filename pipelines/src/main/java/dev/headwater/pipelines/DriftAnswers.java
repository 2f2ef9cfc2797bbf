package dev.headwater.pipelines;

import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.pipelines.project.Target;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterator;
import org.jspecify.annotations.Nullable;

/** What a monitor found, read from its table. */
final class DriftAnswers {
  private static final String[] COLUMNS = {
    "period_start", "column", "rows", "psi", "moved", "reason"
  };

  private final Stages stages;

  DriftAnswers(Stages stages) {
    this.stages = stages;
  }

  /**
   * One column in one period.
   *
   * @param period when it begins; null: all rows together
   */
  record Entry(
      @Nullable LocalDateTime period,
      String column,
      long rows,
      double psi,
      boolean moved,
      String reason) {}

  Answer why(Target monitor) {
    var ref = stages.workspace().table(monitor.name());
    Table table =
        stages
            .workspace()
            .catalog(ref)
            .find(ref)
            .filter(t -> t.currentSnapshot() != null)
            .orElseThrow(
                () ->
                    ProjectLauncher.nothing(
                        "Monitor " + monitor.name() + " has found nothing yet.",
                        "run it: headwater run " + monitor + "."));
    List<Entry> all =
        entries(table, new SnapshotRef(ref, table.uuid(), table.currentSnapshot().snapshotId()));
    List<Entry> shown =
        all.stream()
            .filter(e -> e.moved() || e.period() == null)
            .sorted(
                Comparator.comparing(
                        Entry::period, Comparator.nullsFirst(Comparator.naturalOrder()))
                    .thenComparing(Entry::psi, Comparator.reverseOrder()))
            .toList();
    List<List<String>> rows = new ArrayList<>();
    List<Object> data = new ArrayList<>();
    for (Entry e : shown) {
      String period = e.period() == null ? "all" : e.period().toLocalDate().toString();
      rows.add(
          List.of(
              period,
              e.column(),
              String.format(Locale.ROOT, "%.3f", e.psi()),
              e.moved() ? "moved" : "",
              e.reason()));
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("period", e.period() == null ? null : period);
      facts.put("column", e.column());
      facts.put("psi", e.psi());
      facts.put("moved", e.moved());
      facts.put("rows", e.rows());
      facts.put("reason", e.reason());
      data.add(facts);
    }
    return Answer.of(
        Map.of("monitor", monitor.name(), "columns", data),
        new Answer.Block.Grid(List.of("period", "column", "PSI", "", "why"), rows));
  }

  static List<Entry> entries(TableCatalog catalog, Committed committed) {
    return committed
        .snapshot()
        .map(ref -> entries(catalog.load(ref.table()), ref))
        .orElse(List.of());
  }

  private static List<Entry> entries(Table table, SnapshotRef ref) {
    Schema schema = table.schema().select(COLUMNS);
    List<Entry> entries = new ArrayList<>();
    for (SplitGroup group : Splits.of(table, ref, null, Stages.GROUP_BYTES, 1)) {
      try (CloseableIterator<RowBatch> batches = group.open(table, schema, null)) {
        while (batches.hasNext()) {
          read(batches.next(), entries);
        }
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
    return entries;
  }

  private static void read(RowBatch batch, List<Entry> out) {
    Values[] values = new Values[COLUMNS.length];
    for (int c = 0; c < COLUMNS.length; c++) {
      int at = batch.index(COLUMNS[c]);
      values[c] = Values.of(batch.column(at), batch.schema().columns().get(at).type());
    }
    for (int row = 0; row < batch.size(); row++) {
      Long micros = (Long) values[0].at(row);
      out.add(
          new Entry(
              micros == null
                  ? null
                  : LocalDateTime.of(1970, 1, 1, 0, 0).plus(micros, ChronoUnit.MICROS),
              text(values[1].at(row)),
              ((Number) Objects.requireNonNull(values[2].at(row))).longValue(),
              ((Number) Objects.requireNonNull(values[3].at(row))).doubleValue(),
              Boolean.TRUE.equals(values[4].at(row)),
              text(values[5].at(row))));
    }
  }

  private static String text(@Nullable Object value) {
    return Objects.toString(value, "");
  }
}
