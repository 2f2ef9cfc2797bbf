package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.columns.expr.Expression;
import dev.headwater.kafka.OffsetRanges;
import dev.headwater.kafka.Progress;
import dev.headwater.pipelines.project.KafkaDecl;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.upsert.RemoveRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.Collectors;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** Which rows of a table are of which records: its columns for partition and offset say it. */
final class PlacedRows {
  private final TableDecl table;
  private final KafkaDecl kafka;

  PlacedRows(TableDecl table, KafkaDecl kafka) {
    this.table = table;
    this.kafka = kafka;
  }

  /** The rows of some records, in SQL over the declared columns. */
  String where(OffsetRanges ranges) {
    String partition = name(KafkaDecl.Meta.PARTITION);
    String offset = name(KafkaDecl.Meta.OFFSET);
    if (partition == null || offset == null) {
      throw unknown(table.name());
    }
    return where(quoted(partition), quoted(offset), ranges);
  }

  /**
   * As above, of a table as it is; null if it has no rows at all.
   *
   * @param sink that brings the records' rows
   * @throws HeadwaterException USAGE if its columns don't say it of each row
   */
  @Nullable String where(Table now, String sink, OffsetRanges ranges) {
    if (now.currentSnapshot() == null || count(now, "true") == 0) {
      return null;
    }
    String partition = column(now, KafkaDecl.Meta.PARTITION);
    String offset = column(now, KafkaDecl.Meta.OFFSET);
    if (partition == null
        || offset == null
        || count(now, partition + " is null or " + offset + " is null") > 0) {
      throw unknown(now.name());
    }
    boolean others =
        History.of(now).stream()
            .filter(s -> s.summary().containsKey(Progress.KEY))
            .anyMatch(s -> !s.summary().getOrDefault(SummaryKeys.TOKEN, "").startsWith(sink + "/"));
    if (others) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot backfill %s: %s has rows of another topic too, with offsets of its own."
              .formatted(table.name(), now.name()),
          "make it anew under another name.");
    }
    return where(partition, offset, ranges);
  }

  /** How many rows of a table a condition is true for. */
  static long count(Table now, String where) {
    try {
      return RemoveRows.count(now, Expression.parse(where, now.schema())).rows();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HeadwaterException unknown(String of) {
    return new HeadwaterException(
        HeadwaterException.Kind.USAGE,
        "Cannot backfill %s: nothing tells which of its rows are of which records%s."
            .formatted(table.name(), of.equals(table.name()) ? "" : " (" + of + ")"),
        "declare columns for partition and offset in its source, and make it anew.");
  }

  private @Nullable String name(KafkaDecl.Meta what) {
    return kafka.meta().entrySet().stream()
        .filter(meta -> meta.getValue() == what)
        .map(meta -> table.schema().name(meta.getKey()))
        .findFirst()
        .orElse(null);
  }

  /** A table that no row came to since a column was renamed has its old name. */
  private @Nullable String column(Table now, KafkaDecl.Meta what) {
    return kafka.meta().entrySet().stream()
        .filter(meta -> meta.getValue() == what)
        .flatMap(meta -> java.util.stream.Stream.of(name(what), meta.getKey()))
        .filter(name -> name != null && now.schema().asStruct().field(name) != null)
        .map(PlacedRows::quoted)
        .findFirst()
        .orElse(null);
  }

  private static String quoted(String column) {
    return '"' + column.replace("\"", "\"\"") + '"';
  }

  private static String where(String partition, String offset, OffsetRanges ranges) {
    return ranges.all().stream()
        .map(
            range ->
                "%s = %d and %s >= %d and %s < %d"
                    .formatted(
                        partition, range.partition(), offset, range.from(), offset, range.to()))
        .collect(Collectors.joining(") or (", "(", ")"));
  }
}
