package dev.headwater.columns.expr;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Functions of dates, timestamps and intervals. */
final class TimeFunctions {
  private TimeFunctions() {}

  static void addTo(Map<String, Functions.Maker> all) {
    TimeField.NAMES.forEach(
        (name, field) -> all.put(name, a -> field(name, field, a.count(name, 1, 1).get(0))));
    all.put(
        "date",
        a -> {
          Node of = a.count("date", 1, 1).get(0);
          if (!Casts.exists(of.type, SqlTypes.DATE)) {
            throw new Mistake("there is no date of " + SqlTypes.name(of.type) + ".");
          }
          return Operators.coerce(of, SqlTypes.DATE);
        });
    all.put(
        "to_unixtime",
        a -> {
          Type type = a.count("to_unixtime", 1, 1).time("to_unixtime", 0).type;
          Type held = SqlTypes.isDate(type) ? SqlTypes.TIMESTAMP : type;
          double units = SqlTypes.unitsPerSecond(held);
          return Functions.call(
              SqlTypes.DOUBLE,
              false,
              v -> (Long) v[0] / units,
              List.of(Operators.coerce(a.get(0), held)));
        });
    all.put(
        "from_unixtime",
        a ->
            Functions.call(
                SqlTypes.TIMESTAMP,
                true,
                v ->
                    Casts.number(
                        new BigDecimal(finite((Double) v[0])).movePointRight(6), SqlTypes.LONG),
                List.of(a.count("from_unixtime", 1, 1).real("from_unixtime", 0))));
    all.put(
        "to_milliseconds",
        a -> {
          if (a.count("to_milliseconds", 1, 1).get(0).type != SqlTypes.INTERVAL) {
            throw new Mistake("to_milliseconds takes an interval of days to seconds.");
          }
          return Functions.call(SqlTypes.LONG, false, v -> (Long) v[0] / 1_000, a.nodes());
        });
    all.put(
        "date_trunc",
        a -> {
          a.count("date_trunc", 2, 2);
          ChronoUnit unit = unit("date_trunc", a);
          Type type = a.time("date_trunc", 1).type;
          return onTimes(type, unit, List.of(a.get(1)), (t, v) -> Times.truncate(t, unit));
        });
    all.put(
        "date_add",
        a -> {
          a.count("date_add", 3, 3);
          ChronoUnit unit = unit("date_add", a);
          Type type = a.time("date_add", 2).type;
          List<Node> nodes = List.of(a.get(2), a.integer("date_add", 1));
          return onTimes(type, unit, nodes, (t, v) -> Times.plus(t, (Long) v[1], unit));
        });
    all.put(
        "date_diff",
        a -> {
          a.count("date_diff", 3, 3);
          ChronoUnit unit = unit("date_diff", a);
          List<Node> both = Operators.comparable(a.time("date_diff", 1), a.time("date_diff", 2));
          Type type = SqlTypes.isDate(both.get(0).type) ? SqlTypes.TIMESTAMP : both.get(0).type;
          List<Node> nodes = both.stream().map(n -> Operators.coerce(n, type)).toList();
          return Functions.call(
              SqlTypes.LONG,
              false,
              v ->
                  Times.between(
                      Times.local((Long) v[0], type), Times.local((Long) v[1], type), unit),
              nodes);
        });
  }

  private static double finite(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw new Call.Fault(value + " is not a time");
    }
    return value;
  }

  /** A function of a date or timestamp that stays one. */
  private interface OnTime {
    LocalDateTime apply(LocalDateTime time, Object[] values);
  }

  private static Node onTimes(Type type, ChronoUnit unit, List<Node> nodes, OnTime function) {
    if (!SqlTypes.isDate(type)) {
      return Functions.call(
          type,
          true,
          v -> Times.held(function.apply(Times.local((Long) v[0], type), v), type),
          nodes);
    }
    if (unit != ChronoUnit.FOREVER && unit.compareTo(ChronoUnit.DAYS) < 0) {
      throw new Mistake("a date has no " + unit.name().toLowerCase(Locale.ROOT) + ".");
    }
    return Functions.call(
        type,
        true,
        v ->
            Math.toIntExact(
                function
                    .apply(LocalDate.ofEpochDay((Integer) v[0]).atStartOfDay(), v)
                    .toLocalDate()
                    .toEpochDay()),
        nodes);
  }

  private static ChronoUnit unit(String name, Arguments a) {
    if (!(a.get(0) instanceof Constant c && c.value instanceof String text)) {
      throw new Mistake(name + " begins with a unit in quotes: " + name + "('hour', ...).");
    }
    try {
      return Times.unit(text);
    } catch (Call.Fault fault) {
      throw new Mistake(fault.getMessage() + "");
    }
  }

  /** The wall clock of a zone at an instant, or the instant of a wall clock. */
  static Node atZone(Node of, Node zone) {
    if (!SqlTypes.isTimestamp(of.type)
        || !(zone instanceof Constant c && c.value instanceof String name)) {
      throw new Mistake("AT TIME ZONE takes a timestamp and the zone's name in quotes.");
    }
    ZoneId id;
    try {
      id = ZoneId.of(name);
    } catch (DateTimeException e) {
      throw new Mistake("'" + name + "' is not a time zone. Write one as 'America/New_York'.");
    }
    Type from = of.type;
    boolean nanos = SqlTypes.isNanos(from);
    boolean zoned = SqlTypes.isZoned(from);
    Type to =
        nanos
            ? zoned ? Types.TimestampNanoType.withoutZone() : Types.TimestampNanoType.withZone()
            : zoned ? Types.TimestampType.withoutZone() : Types.TimestampType.withZone();
    return Functions.call(
        to,
        true,
        v -> {
          LocalDateTime t = Times.local((Long) v[0], from);
          ZoneId a = zoned ? ZoneOffset.UTC : id;
          ZoneId b = zoned ? id : ZoneOffset.UTC;
          return Times.held(t.atZone(a).withZoneSameInstant(b).toLocalDateTime(), to);
        },
        List.of(of));
  }

  /** A field of a date, time or interval, as {@code extract} and its functions take it. */
  static Node field(String name, TimeField.Field field, Node of) {
    if (!TimeField.has(of.type, field)) {
      throw new Mistake(
          SqlTypes.name(of.type) + " has no " + name + "; cast it to a date or timestamp.");
    }
    return new TimeField(field, of);
  }
}
