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
    "period_start", "column", "rows", "psi", "moved", "reason", "psi_low", "psi_high", "told_by"
  };

  /** So many of them are in tables of earlier versions too. */
  private static final int FIRST = 6;

  private final Stages stages;

  DriftAnswers(Stages stages) {
    this.stages = stages;
  }

  /**
   * One column in one period.
   *
   * @param period when it begins; null: all rows together
   * @param low the least that the PSI may be
   * @param high the most that it may be
   * @param toldBy rows or sketches
   */
  record Entry(
      @Nullable LocalDateTime period,
      String column,
      long rows,
      double psi,
      boolean moved,
      String reason,
      double low,
      double high,
      String toldBy) {}

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
              e.toldBy(),
              e.reason()));
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("period", e.period() == null ? null : period);
      facts.put("column", e.column());
      facts.put("psi", e.psi());
      facts.put("psi_at_least", e.low());
      facts.put("psi_at_most", e.high());
      facts.put("told_by", e.toldBy());
      facts.put("moved", e.moved());
      facts.put("rows", e.rows());
      facts.put("reason", e.reason());
      data.add(facts);
    }
    String because = table.currentSnapshot().summary().get(DriftJob.BECAUSE);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("monitor", monitor.name());
    answer.put("columns", data);
    answer.put("rows_read_because", because);
    List<Answer.Block> blocks = new ArrayList<>();
    blocks.add(
        new Answer.Block.Grid(List.of("period", "column", "PSI", "", "told by", "why"), rows));
    if (because != null) {
      blocks.add(new Answer.Block.Line(""));
      blocks.add(new Answer.Block.Line("Rows were read: " + because + "."));
    }
    return Answer.of(answer, blocks);
  }

  static List<Entry> entries(TableCatalog catalog, Committed committed) {
    return committed
        .snapshot()
        .map(ref -> entries(catalog.load(ref.table()), ref))
        .orElse(List.of());
  }

  static List<Entry> entries(Table table, SnapshotRef ref) {
    Schema schema = table.schema().select(COLUMNS);
    boolean old = schema.findField("told_by") == null;
    List<Entry> entries = new ArrayList<>();
    for (SplitGroup group : Splits.of(table, ref, null, Stages.GROUP_BYTES, 1)) {
      try (CloseableIterator<RowBatch> batches = group.open(table, schema, null)) {
        while (batches.hasNext()) {
          read(batches.next(), old ? FIRST : COLUMNS.length, entries);
        }
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
    return entries;
  }

  private static void read(RowBatch batch, int columns, List<Entry> out) {
    Values[] values = new Values[columns];
    for (int c = 0; c < columns; c++) {
      int at = batch.index(COLUMNS[c]);
      values[c] = Values.of(batch.column(at), batch.schema().columns().get(at).type());
    }
    for (int row = 0; row < batch.size(); row++) {
      Long micros = (Long) values[0].at(row);
      double psi = ((Number) Objects.requireNonNull(values[3].at(row))).doubleValue();
      boolean old = columns == FIRST;
      out.add(
          new Entry(
              micros == null
                  ? null
                  : LocalDateTime.of(1970, 1, 1, 0, 0).plus(micros, ChronoUnit.MICROS),
              text(values[1].at(row)),
              ((Number) Objects.requireNonNull(values[2].at(row))).longValue(),
              psi,
              Boolean.TRUE.equals(values[4].at(row)),
              text(values[5].at(row)),
              old ? psi : ((Number) Objects.requireNonNull(values[6].at(row))).doubleValue(),
              old ? psi : ((Number) Objects.requireNonNull(values[7].at(row))).doubleValue(),
              old ? "rows" : text(values[8].at(row))));
    }
  }

  private static String text(@Nullable Object value) {
    return Objects.toString(value, "");
  }
}
