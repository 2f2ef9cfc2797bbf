package dev.headwater.upsert;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import java.io.Serializable;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** The column of a table that holds its rows' event time. */
record EventTime(String column, Type type) implements Serializable {
  private static final long serialVersionUID = 1;
  private static final long DAY = 86_400_000L;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS", Locale.ROOT);

  /**
   * The column of this name.
   *
   * @throws HeadwaterException USAGE if there is none, or if it holds no time
   */
  static EventTime of(String table, Schema schema, String column) {
    Types.NestedField field = schema.asStruct().field(column);
    boolean time =
        field != null
            && (field.type().typeId() == Type.TypeID.TIMESTAMP
                || field.type().typeId() == Type.TypeID.DATE);
    if (field == null || !time) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Cannot tell the windows of "
              + table
              + " by its column "
              + column
              + ": it "
              + (field == null ? "has none of this name." : "is " + field.type() + "."),
          "name a column that is a timestamp or a date.");
    }
    return new EventTime(column, field.type());
  }

  /**
   * The rows' times in milliseconds since 1970.
   *
   * @throws HeadwaterException DATA if one has none
   */
  long[] of(RowBatch batch) {
    Column times = batch.column(column);
    Values values = Values.of(times, type);
    long[] out = new long[batch.size()];
    for (int row = 0; row < out.length; row++) {
      Object value = values.at(row);
      if (value == null) {
        throw new HeadwaterException(
            Kind.DATA,
            "Cannot tell the window of a row: its " + column + " is null.",
            "fill it, or send such rows to the letters before.");
      }
      out[row] = value instanceof Integer day ? day * DAY : Math.floorDiv((Long) value, 1_000L);
    }
    return out;
  }

  /** True for the rows of these spans, as SQL; milliseconds, from and until before. */
  String within(Map<Long, Long> spans) {
    String name = '"' + column.replace("\"", "\"\"") + '"';
    return spans.entrySet().stream()
        .map(
            span ->
                "(%s >= %s and %s < %s)"
                    .formatted(name, literal(span.getKey()), name, literal(span.getValue())))
        .collect(Collectors.joining(" or "));
  }

  private String literal(long millis) {
    if (type.typeId() == Type.TypeID.DATE) {
      // The first day that begins at that time or after it.
      return "date '" + LocalDate.ofEpochDay(Math.floorDiv(millis + DAY - 1, DAY)) + "'";
    }
    LocalDateTime at = LocalDateTime.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC);
    boolean zoned = ((Types.TimestampType) type).shouldAdjustToUTC();
    return "timestamp '" + TIME.format(at) + (zoned ? "Z'" : "'");
  }
}
