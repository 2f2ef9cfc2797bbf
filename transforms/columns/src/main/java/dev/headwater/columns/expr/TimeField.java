package dev.headwater.columns.expr;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.LongColumn;
import java.time.LocalDate;
import java.time.temporal.IsoFields;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.types.Type;

/** A part of a date, time or timestamp, as extract(hour from t) gives it: a long. */
final class TimeField extends Node {
  /** The parts; days of the week are ISO's, Monday is 1. */
  enum Field {
    YEAR,
    QUARTER,
    MONTH,
    WEEK,
    DAY,
    DOW,
    DOY,
    YOW,
    HOUR,
    MINUTE,
    SECOND,
    MILLISECOND
  }

  /** All names a part has, as functions and in extract. */
  static final Map<String, Field> NAMES =
      Map.ofEntries(
          Map.entry("year", Field.YEAR),
          Map.entry("quarter", Field.QUARTER),
          Map.entry("month", Field.MONTH),
          Map.entry("week", Field.WEEK),
          Map.entry("week_of_year", Field.WEEK),
          Map.entry("day", Field.DAY),
          Map.entry("day_of_month", Field.DAY),
          Map.entry("dow", Field.DOW),
          Map.entry("day_of_week", Field.DOW),
          Map.entry("doy", Field.DOY),
          Map.entry("day_of_year", Field.DOY),
          Map.entry("yow", Field.YOW),
          Map.entry("year_of_week", Field.YOW),
          Map.entry("hour", Field.HOUR),
          Map.entry("minute", Field.MINUTE),
          Map.entry("second", Field.SECOND),
          Map.entry("millisecond", Field.MILLISECOND));

  private final Field field;

  TimeField(Field field, Node of) {
    super(SqlTypes.LONG, false, List.of(of));
    this.field = field;
  }

  /** Whether a type has such a part. */
  static boolean has(Type type, Field field) {
    boolean clock = field.compareTo(Field.HOUR) >= 0;
    return SqlTypes.isTimestamp(type) || (clock ? SqlTypes.isTime(type) : SqlTypes.isDate(type));
  }

  String sql() {
    return field.name().toLowerCase(Locale.ROOT);
  }

  @Override
  Column compute(Rows rows) {
    Column column = children.get(0).evaluate(rows);
    Type type = children.get(0).type;
    long[] values = Compare.longs(column);
    long second = SqlTypes.isDate(type) ? 1 : SqlTypes.unitsPerSecond(type);
    long day = SqlTypes.isDate(type) ? 1 : 86_400 * second;
    long[] out = new long[values.length];
    switch (field) {
      case HOUR -> clock(values, out, 3_600 * second, 24);
      case MINUTE -> clock(values, out, 60 * second, 60);
      case SECOND -> clock(values, out, second, 60);
      case MILLISECOND -> clock(values, out, second / 1_000, 1_000);
      case DOW -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = Math.floorMod(Math.floorDiv(values[i], day) + 3, 7L) + 1;
        }
      }
      default -> dates(values, out, day);
    }
    Bits nulls = column.nulls();
    if (nulls != null) {
      for (int row : nulls.positions()) {
        out[row] = 0;
      }
    }
    return LongColumn.of(out, nulls);
  }

  private static void clock(long[] values, long[] out, long unit, long modulus) {
    for (int i = 0; i < out.length; i++) {
      out[i] = Math.floorMod(Math.floorDiv(values[i], unit), modulus);
    }
  }

  /** Neighbouring rows often are of one day: its part is computed once. */
  private void dates(long[] values, long[] out, long day) {
    long last = Long.MIN_VALUE;
    long part = 0;
    for (int i = 0; i < out.length; i++) {
      long d = Math.floorDiv(values[i], day);
      if (d != last) {
        last = d;
        part = part(LocalDate.ofEpochDay(d));
      }
      out[i] = part;
    }
  }

  private long part(LocalDate date) {
    return switch (field) {
      case YEAR -> date.getYear();
      case QUARTER -> (date.getMonthValue() + 2) / 3;
      case MONTH -> date.getMonthValue();
      case WEEK -> date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
      case YOW -> date.get(IsoFields.WEEK_BASED_YEAR);
      case DAY -> date.getDayOfMonth();
      default -> date.getDayOfYear();
    };
  }
}
