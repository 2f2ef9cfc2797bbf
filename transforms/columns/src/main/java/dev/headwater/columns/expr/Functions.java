package dev.headwater.columns.expr;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.zip.CRC32;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** All functions by name. Those over doubles are StrictMath's: the same bits on any machine. */
final class Functions {
  /** Checks the arguments of a call and makes a node of it. */
  interface Maker {
    Node make(Arguments arguments);
  }

  static final Map<String, Maker> ALL = new TreeMap<>();

  private Functions() {}

  static {
    strings();
    numbers();
    times();
    TimeField.NAMES.forEach(
        (name, field) -> ALL.put(name, a -> timeField(name, field, a.count(name, 1, 1).get(0))));
  }

  static Node timeField(String name, TimeField.Field field, Node of) {
    if (!TimeField.has(of.type, field)) {
      throw new Mistake(
          SqlTypes.name(of.type) + " has no " + name + "; cast it to a date or timestamp.");
    }
    return new TimeField(field, of);
  }

  private static void strings() {
    text("lower", SqlTypes.STRING, 1, v -> ((String) v[0]).toLowerCase(java.util.Locale.ROOT));
    text("upper", SqlTypes.STRING, 1, v -> ((String) v[0]).toUpperCase(java.util.Locale.ROOT));
    text("reverse", SqlTypes.STRING, 1, v -> new StringBuilder((String) v[0]).reverse().toString());
    text(
        "replace",
        SqlTypes.STRING,
        3,
        v -> Texts.replace((String) v[0], (String) v[1], (String) v[2]));
    text("starts_with", SqlTypes.BOOLEAN, 2, v -> ((String) v[0]).startsWith((String) v[1]));
    text("ends_with", SqlTypes.BOOLEAN, 2, v -> ((String) v[0]).endsWith((String) v[1]));
    text("strpos", SqlTypes.LONG, 2, v -> Texts.position((String) v[0], (String) v[1]));
    text("md5", SqlTypes.STRING, 1, v -> Texts.digest("MD5", (String) v[0]));
    text("sha256", SqlTypes.STRING, 1, v -> Texts.digest("SHA-256", (String) v[0]));
    text("crc32", SqlTypes.LONG, 1, v -> crc32((String) v[0]));
    text("length", SqlTypes.LONG, 1, v -> Texts.length((String) v[0]));
    ALL.put("char_length", ALL.get("length"));
    for (String name : List.of("trim", "ltrim", "rtrim")) {
      ALL.put(
          name,
          a ->
              call(
                  SqlTypes.STRING,
                  false,
                  v -> Texts.trim((String) v[0], v.length > 1 ? (String) v[1] : " ", name),
                  a.count(name, 1, 2).texts(name)));
    }
    for (String name : List.of("lpad", "rpad")) {
      ALL.put(
          name,
          a -> {
            a.count(name, 2, 3);
            List<Node> nodes = new ArrayList<>(List.of(a.text(name, 0), a.integer(name, 1)));
            nodes.add(a.size() > 2 ? a.text(name, 2) : new Constant(SqlTypes.STRING, " "));
            return call(
                SqlTypes.STRING,
                true,
                v -> Texts.pad((String) v[0], (Long) v[1], (String) v[2], name.equals("lpad")),
                nodes);
          });
    }
    Maker substring =
        a -> {
          a.count("substr", 2, 3);
          List<Node> nodes = new ArrayList<>(List.of(a.text("substr", 0), a.integer("substr", 1)));
          nodes.add(a.size() > 2 ? a.integer("substr", 2) : new Constant(SqlTypes.LONG, 1L << 40));
          return call(
              SqlTypes.STRING,
              false,
              v -> Texts.substring((String) v[0], (Long) v[1], (Long) v[2]),
              nodes);
        };
    ALL.put("substr", substring);
    ALL.put("substring", substring);
    ALL.put(
        "split_part",
        a -> {
          a.count("split_part", 3, 3);
          return call(
              SqlTypes.STRING,
              true,
              v -> Texts.part((String) v[0], (String) v[1], (Long) v[2]),
              List.of(
                  a.text("split_part", 0), a.text("split_part", 1), a.integer("split_part", 2)));
        });
    ALL.put("concat", a -> concat(a.count("concat", 2, 127).nodes()));
    ALL.put(
        "cardinality",
        a -> {
          Node of = a.count("cardinality", 1, 1).get(0);
          if (!of.type.isListType() && !of.type.isMapType()) {
            throw new Mistake(
                "cardinality takes a list or map, not " + SqlTypes.name(of.type) + ".");
          }
          return new Cardinality(of);
        });
  }

  /** Strings one after the other; other scalars as their text. */
  static Node concat(List<Node> parts) {
    List<Node> texts = new ArrayList<>();
    for (Node part : parts) {
      if (!Casts.exists(part.type, SqlTypes.STRING) || Operators.isInterval(part.type)) {
        throw new Mistake("cannot join " + SqlTypes.name(part.type) + " to a string.");
      }
      texts.add(Operators.coerce(part, SqlTypes.STRING));
    }
    return call(
        SqlTypes.STRING,
        false,
        v -> {
          StringBuilder out = new StringBuilder();
          for (Object part : v) {
            out.append(part);
          }
          return out.toString();
        },
        texts);
  }

  private static Object crc32(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }

  private static void text(String name, Type type, int count, Call.Function function) {
    ALL.put(name, a -> call(type, false, function, a.count(name, count, count).texts(name)));
  }

  private static void numbers() {
    ofDouble("sqrt", StrictMath::sqrt);
    ofDouble("cbrt", StrictMath::cbrt);
    ofDouble("exp", StrictMath::exp);
    ofDouble("ln", StrictMath::log);
    ofDouble("log10", StrictMath::log10);
    ofDouble("log2", Numbers::log2);
    ofDouble("sin", StrictMath::sin);
    ofDouble("cos", StrictMath::cos);
    ofDouble("tan", StrictMath::tan);
    ofDouble("asin", StrictMath::asin);
    ofDouble("acos", StrictMath::acos);
    ofDouble("atan", StrictMath::atan);
    ofDouble("sinh", StrictMath::sinh);
    ofDouble("cosh", StrictMath::cosh);
    ofDouble("tanh", StrictMath::tanh);
    ofDouble("degrees", StrictMath::toDegrees);
    ofDouble("radians", StrictMath::toRadians);
    constant("pi", StrictMath.PI);
    constant("e", StrictMath.E);
    constant("nan", Double.NaN);
    constant("infinity", Double.POSITIVE_INFINITY);
    ALL.put("is_nan", a -> new Call.Asks(Double::isNaN, a.count("is_nan", 1, 1).real("is_nan", 0)));
    ALL.put(
        "is_finite",
        a -> new Call.Asks(Double::isFinite, a.count("is_finite", 1, 1).real("is_finite", 0)));
    ALL.put(
        "is_infinite",
        a ->
            new Call.Asks(Double::isInfinite, a.count("is_infinite", 1, 1).real("is_infinite", 0)));
    ofDoubles("power", StrictMath::pow);
    ALL.put("pow", ALL.get("power"));
    ofDoubles("atan2", StrictMath::atan2);
    ofDoubles("log", (base, x) -> StrictMath.log(x) / StrictMath.log(base));
    ALL.put(
        "mod",
        a -> {
          a.count("mod", 2, 2);
          return Operators.arithmetic(
              Arithmetic.Op.MODULUS, a.number("mod", 0), a.number("mod", 1));
        });
    for (String name : List.of("abs", "sign", "ceil", "ceiling", "floor", "truncate", "round")) {
      ALL.put(name, a -> Numbers.of(name, a));
    }
    ALL.put("greatest", a -> Numbers.extreme("greatest", a, 1));
    ALL.put("least", a -> Numbers.extreme("least", a, -1));
  }

  private static void constant(String name, double value) {
    ALL.put(
        name,
        a -> {
          a.count(name, 0, 0);
          return new Constant(SqlTypes.DOUBLE, value);
        });
  }

  private static void ofDouble(String name, DoubleUnaryOperator function) {
    ALL.put(name, a -> new Call.OfDouble(function, a.count(name, 1, 1).real(name, 0)));
  }

  private static void ofDoubles(String name, java.util.function.DoubleBinaryOperator function) {
    ALL.put(
        name,
        a -> {
          a.count(name, 2, 2);
          return call(
              SqlTypes.DOUBLE,
              false,
              v -> function.applyAsDouble((Double) v[0], (Double) v[1]),
              List.of(a.real(name, 0), a.real(name, 1)));
        });
  }

  private static void times() {
    ALL.put(
        "date",
        a -> {
          Node of = a.count("date", 1, 1).get(0);
          if (!Casts.exists(of.type, SqlTypes.DATE)) {
            throw new Mistake("there is no date of " + SqlTypes.name(of.type) + ".");
          }
          return Operators.coerce(of, SqlTypes.DATE);
        });
    ALL.put(
        "to_unixtime",
        a -> {
          Type type = a.count("to_unixtime", 1, 1).time("to_unixtime", 0).type;
          Type held = SqlTypes.isDate(type) ? SqlTypes.TIMESTAMP : type;
          double units = SqlTypes.unitsPerSecond(held);
          return call(
              SqlTypes.DOUBLE,
              false,
              v -> (Long) v[0] / units,
              List.of(Operators.coerce(a.get(0), held)));
        });
    ALL.put(
        "from_unixtime",
        a ->
            call(
                SqlTypes.TIMESTAMP,
                true,
                v ->
                    Casts.number(
                        new BigDecimal(finite((Double) v[0])).movePointRight(6), SqlTypes.LONG),
                List.of(a.count("from_unixtime", 1, 1).real("from_unixtime", 0))));
    ALL.put(
        "to_milliseconds",
        a -> {
          if (a.count("to_milliseconds", 1, 1).get(0).type != SqlTypes.INTERVAL) {
            throw new Mistake("to_milliseconds takes an interval of days to seconds.");
          }
          return call(SqlTypes.LONG, false, v -> (Long) v[0] / 1_000, a.nodes());
        });
    ALL.put(
        "date_trunc",
        a -> {
          a.count("date_trunc", 2, 2);
          ChronoUnit unit = unit("date_trunc", a);
          Type type = a.time("date_trunc", 1).type;
          return onTimes(type, unit, List.of(a.get(1)), (t, v) -> Times.truncate(t, unit));
        });
    ALL.put(
        "date_add",
        a -> {
          a.count("date_add", 3, 3);
          ChronoUnit unit = unit("date_add", a);
          Type type = a.time("date_add", 2).type;
          List<Node> nodes = List.of(a.get(2), a.integer("date_add", 1));
          return onTimes(type, unit, nodes, (t, v) -> Times.plus(t, (Long) v[1], unit));
        });
    ALL.put(
        "date_diff",
        a -> {
          a.count("date_diff", 3, 3);
          ChronoUnit unit = unit("date_diff", a);
          List<Node> both = Operators.comparable(a.time("date_diff", 1), a.time("date_diff", 2));
          Type type = SqlTypes.isDate(both.get(0).type) ? SqlTypes.TIMESTAMP : both.get(0).type;
          List<Node> nodes = both.stream().map(n -> Operators.coerce(n, type)).toList();
          return call(
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
    java.time.LocalDateTime apply(java.time.LocalDateTime time, Object[] values);
  }

  private static Node onTimes(Type type, ChronoUnit unit, List<Node> nodes, OnTime function) {
    if (!SqlTypes.isDate(type)) {
      return call(
          type,
          true,
          v -> Times.held(function.apply(Times.local((Long) v[0], type), v), type),
          nodes);
    }
    if (unit != ChronoUnit.FOREVER && unit.compareTo(ChronoUnit.DAYS) < 0) {
      throw new Mistake("a date has no " + unit.name().toLowerCase(java.util.Locale.ROOT) + ".");
    }
    return call(
        type,
        true,
        v ->
            Math.toIntExact(
                function
                    .apply(java.time.LocalDate.ofEpochDay((Integer) v[0]).atStartOfDay(), v)
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
    } catch (java.time.DateTimeException e) {
      throw new Mistake("'" + name + "' is not a time zone. Write one as 'America/New_York'.");
    }
    Type from = of.type;
    boolean nanos = SqlTypes.isNanos(from);
    boolean zoned = SqlTypes.isZoned(from);
    Type to =
        nanos
            ? zoned ? Types.TimestampNanoType.withoutZone() : Types.TimestampNanoType.withZone()
            : zoned ? Types.TimestampType.withoutZone() : Types.TimestampType.withZone();
    return call(
        to,
        true,
        v -> {
          java.time.LocalDateTime t = Times.local((Long) v[0], from);
          ZoneId a = zoned ? ZoneOffset.UTC : id;
          ZoneId b = zoned ? id : ZoneOffset.UTC;
          return Times.held(t.atZone(a).withZoneSameInstant(b).toLocalDateTime(), to);
        },
        List.of(of));
  }

  static Node call(Type type, boolean fails, Call.Function function, List<Node> arguments) {
    return new Call(type, fails, function, arguments);
  }

  /** Halves away from zero at a place after the point. */
  static BigDecimal round(BigDecimal value, int places) {
    return value.setScale(places, RoundingMode.HALF_UP);
  }
}
