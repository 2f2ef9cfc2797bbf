package dev.headwater.pipelines;

import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.columns.expr.Expression;
import dev.headwater.upsert.RemoveRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.iceberg.Table;

/**
 * What a backfill has done, or would do, as it is told.
 *
 * @param table the table's name
 */
record BackfillTold(String table) {
  /** How many rows of a table are in a range. */
  long rows(Table now, String range) {
    try {
      return RemoveRows.count(now, Expression.parse(range, now.schema())).rows();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Answer nothing(String range) {
    return Answer.of(
        Map.of("rows", 0, "range", range),
        new Answer.Block.Line("No row of " + table + " is in it."));
  }

  Answer done(Committed done, String what, String range) {
    return answer(
        table + " " + what + " where " + range + ": " + TableOutput.where(done) + ".",
        TableOutput.count(done, SummaryKeys.FACT + "rows_dropped"),
        Stages.kept(done),
        TableOutput.count(done, SummaryKeys.ROWS_LETTERS),
        TableOutput.count(done, SummaryKeys.ROWS_FILTERED),
        range,
        false);
  }

  Answer wouldBe(long gone, long come, long letters, long others, String range) {
    String line = table + " would be read again where " + range + "; nothing changed.";
    return answer(line, gone, come, letters, others, range, true);
  }

  private static Answer answer(
      String line, long gone, long come, long letters, long others, String range, boolean dryRun) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("range", range);
    data.put("rows_gone", gone);
    data.put("rows_come", come);
    data.put("letters", letters);
    data.put("rows_outside", others);
    data.put("dry_run", dryRun);
    return Answer.of(
        data,
        new Answer.Block.Line(line),
        new Answer.Block.Line(
            "  "
                + Stages.grouped(gone)
                + (dryRun ? " rows would go, " : " rows are gone, ")
                + Stages.grouped(come)
                + (dryRun ? " would come, " : " came, ")
                + Stages.grouped(letters)
                + " letters; "
                + Stages.grouped(others)
                + " rows are not of the range."));
  }
}
