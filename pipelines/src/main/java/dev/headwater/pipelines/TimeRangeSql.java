package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Write;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/** A range of time as a condition over a table's column. */
final class TimeRangeSql {
  private TimeRangeSql() {}

  /**
   * True for the rows from a moment on, up to another one, exclusive.
   *
   * @throws HeadwaterException USAGE if the table has no such ranges
   */
  static String of(TableDecl table, Schema schema, Instant from, Instant to) {
    String time = table.time();
    Types.NestedField field = time == null ? null : schema.findField(time);
    if (time == null || field == null) {
      throw wrong(table, "it has no time", "declare tables." + table.name() + ".time: <a column>.");
    }
    if (table.write().mode() == Write.Mode.UPSERT) {
      throw wrong(
          table,
          "its rows are told apart by their key, not by their time",
          "let the files come again under other names, or run it with --force.");
    }
    if (!from.isBefore(to)) {
      throw wrong(table, from + " is not before " + to, "write --from before --to.");
    }
    String column = '"' + time.replace("\"", "\"\"") + '"';
    return column
        + " >= '"
        + literal(table, field, from)
        + "' and "
        + column
        + " < '"
        + literal(table, field, to)
        + "'";
  }

  private static String literal(TableDecl table, Types.NestedField field, Instant at) {
    if (field.type() instanceof Types.TimestampType timestamp) {
      return timestamp.shouldAdjustToUTC()
          ? at.toString()
          : LocalDateTime.ofInstant(at, ZoneOffset.UTC).toString();
    }
    throw wrong(
        table,
        field.name() + " is " + field.type() + ", not a timestamp",
        "declare another column as its time.");
  }

  private static HeadwaterException wrong(TableDecl table, String why, String fix) {
    return new HeadwaterException(
        HeadwaterException.Kind.USAGE, "Cannot backfill " + table.name() + ": " + why + ".", fix);
  }
}
