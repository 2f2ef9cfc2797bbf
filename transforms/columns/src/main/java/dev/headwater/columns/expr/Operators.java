package dev.headwater.columns.expr;

import dev.headwater.columns.expr.Arithmetic.Op;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.List;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Which types operators take, and what they make of them. */
final class Operators {
  private Operators() {}

  /** A node brought to a type that it can be brought to without asking for it. */
  static Node coerce(Node node, Type type) {
    try {
      return Cast.to(type, node);
    } catch (Call.Fault fault) {
      throw new Mistake(fault.getMessage() + "");
    }
  }

  /** A string as written takes the type of a date, timestamp, time or uuid that it meets. */
  static Node meet(Node node, Type other) {
    boolean takes =
        SqlTypes.isDate(other)
            || SqlTypes.isTimestamp(other)
            || SqlTypes.isTime(other)
            || SqlTypes.is(other, Type.TypeID.UUID);
    return node instanceof Constant c && c.literal && takes ? coerce(node, other) : node;
  }

  /** The one type of several values. */
  static Type common(List<Node> nodes, String where) {
    Type type = SqlTypes.UNKNOWN;
    for (Node node : nodes) {
      Type next = SqlTypes.common(type, meet(node, type).type);
      if (next == null && meetsLater(nodes, type)) {
        next = node.type;
      }
      if (next == null) {
        throw new Mistake(
            where
                + " brings together "
                + SqlTypes.name(type)
                + " and "
                + SqlTypes.name(node.type)
                + ". Cast one of them.");
      }
      type = next;
    }
    return type;
  }

  private static boolean meetsLater(List<Node> nodes, Type type) {
    return SqlTypes.isString(type)
        && nodes.stream()
            .filter(n -> n.type.equals(type))
            .allMatch(n -> n instanceof Constant c && c.literal);
  }

  /** All of one type. */
  static List<Node> unify(List<Node> nodes, String where) {
    Type type = common(nodes, where);
    return nodes.stream().map(n -> coerce(meet(n, type), type)).toList();
  }

  static Node compare(Comparison.Op op, Node left, Node right) {
    Node whole = wholeNumbers(op, left, right);
    if (whole != null) {
      return whole;
    }
    List<Node> both = comparable(left, right);
    return Compare.of(op, both.get(0), both.get(1));
  }

  static List<Node> comparable(Node left, Node right) {
    Node a = meet(left, right.type);
    Node b = meet(right, left.type);
    Type type = SqlTypes.common(a.type, b.type);
    if (type == null) {
      throw new Mistake(
          "cannot compare "
              + SqlTypes.name(a.type)
              + " with "
              + SqlTypes.name(b.type)
              + "."
              + quotes(a, b));
    }
    if (SqlTypes.held(type) == SqlTypes.Held.NESTED) {
      throw new Mistake("cannot compare values of type " + SqlTypes.name(type) + ".");
    }
    return List.of(coerce(a, type), coerce(b, type));
  }

  private static String quotes(Node a, Node b) {
    boolean number =
        SqlTypes.isNumber(a.type) && b instanceof Constant c && c.literal
            || SqlTypes.isNumber(b.type) && a instanceof Constant d && d.literal;
    return number ? " Write the number without quotes." : " Cast one of them.";
  }

  /** An integer column against a constant with a fraction, as a comparison of integers. */
  private static @Nullable Node wholeNumbers(Comparison.Op op, Node left, Node right) {
    if (left instanceof Constant) {
      return right instanceof Constant ? null : wholeNumbers(op.flip(), right, left);
    }
    if (!SqlTypes.isInteger(left.type)
        || !(right instanceof Constant c)
        || !(c.value instanceof BigDecimal d)
        || d.precision() - d.scale() > 18) {
      return null;
    }
    RoundingMode mode;
    switch (op) {
      case LT, GE -> mode = RoundingMode.CEILING;
      case LE, GT -> mode = RoundingMode.FLOOR;
      default -> {
        if (d.stripTrailingZeros().scale() > 0) {
          return null;
        }
        mode = RoundingMode.UNNECESSARY;
      }
    }
    long whole = d.setScale(0, mode).longValueExact();
    return Compare.of(op, coerce(left, SqlTypes.LONG), new Constant(SqlTypes.LONG, whole));
  }

  static Node arithmetic(Op op, Node left, Node right) {
    Type a = left.type;
    Type b = right.type;
    if (a.equals(SqlTypes.UNKNOWN) && b.equals(SqlTypes.UNKNOWN)) {
      return left;
    }
    if (a.equals(SqlTypes.UNKNOWN)) {
      return arithmetic(op, coerce(left, SqlTypes.isNumber(b) ? b : SqlTypes.LONG), right);
    }
    if (b.equals(SqlTypes.UNKNOWN)) {
      return arithmetic(op, left, coerce(right, SqlTypes.isNumber(a) ? a : SqlTypes.LONG));
    }
    if (SqlTypes.isNumber(a) && SqlTypes.isNumber(b)) {
      return numbers(op, left, right);
    }
    Node time = times(op, left, right);
    if (time != null) {
      return time;
    }
    String hint = SqlTypes.isString(a) || SqlTypes.isString(b) ? " Join strings with ||." : "";
    throw new Mistake(
        "cannot compute " + SqlTypes.name(a) + " " + op.sql + " " + SqlTypes.name(b) + "." + hint);
  }

  private static Node numbers(Op op, Node left, Node right) {
    Type type =
        left.type.equals(right.type)
            ? left.type
            : java.util.Objects.requireNonNull(SqlTypes.common(left.type, right.type));
    if (!SqlTypes.isDecimal(type)) {
      return new Arithmetic(op, type, coerce(left, type), coerce(right, type));
    }
    Types.DecimalType x = SqlTypes.decimal(left.type);
    Types.DecimalType y = SqlTypes.decimal(right.type);
    int scale = Math.max(x.scale(), y.scale());
    int whole = Math.max(x.precision() - x.scale(), y.precision() - y.scale());
    Types.DecimalType out =
        switch (op) {
          case ADD, SUBTRACT -> SqlTypes.decimal(whole + scale + 1, scale);
          case MULTIPLY -> SqlTypes.decimal(x.precision() + y.precision(), x.scale() + y.scale());
          case DIVIDE ->
              SqlTypes.decimal(
                  x.precision() + y.scale() + Math.max(y.scale() - x.scale(), 0), scale);
          case MODULUS ->
              SqlTypes.decimal(
                  Math.min(x.precision() - x.scale(), y.precision() - y.scale()) + scale, scale);
        };
    return new Call(
        out,
        true,
        v -> decimal(op, Casts.decimal(v[0], out), Casts.decimal(v[1], out), out),
        List.of(left, right));
  }

  private static Object decimal(Op op, BigDecimal a, BigDecimal b, Types.DecimalType type) {
    if (b.signum() == 0 && (op == Op.DIVIDE || op == Op.MODULUS)) {
      throw new Call.Fault("division by zero: " + a + " " + op.sql + " 0");
    }
    BigDecimal exact =
        switch (op) {
          case ADD -> a.add(b);
          case SUBTRACT -> a.subtract(b);
          case MULTIPLY -> a.multiply(b);
          case DIVIDE -> a.divide(b, type.scale(), RoundingMode.HALF_UP);
          case MODULUS -> a.remainder(b);
        };
    return Casts.number(exact, type);
  }

  private static @Nullable Node times(Op op, Node left, Node right) {
    Type a = left.type;
    Type b = right.type;
    boolean plus = op == Op.ADD;
    boolean sum = plus || op == Op.SUBTRACT;
    if (plus && isInterval(a) && !isInterval(b)) {
      return times(op, right, left);
    }
    if (sum && a.equals(b) && isInterval(a)) {
      return new Arithmetic(op, a, left, right);
    }
    if (isInterval(a) && SqlTypes.isInteger(b) && op != Op.MODULUS) {
      return new Arithmetic(op, a, left, coerce(right, SqlTypes.LONG));
    }
    if (op == Op.MULTIPLY && SqlTypes.isInteger(a) && isInterval(b)) {
      return new Arithmetic(op, b, coerce(left, SqlTypes.LONG), right);
    }
    if (op == Op.DIVIDE && a.equals(b) && isInterval(a)) {
      return new Arithmetic(op, SqlTypes.DOUBLE, asDouble(left), asDouble(right));
    }
    boolean timeA = SqlTypes.isDate(a) || SqlTypes.isTimestamp(a);
    if (op == Op.SUBTRACT && timeA && (SqlTypes.isDate(b) || SqlTypes.isTimestamp(b))) {
      Type type = java.util.Objects.requireNonNull(SqlTypes.common(a, b));
      Type micros = SqlTypes.isNanos(type) || SqlTypes.isDate(type) ? SqlTypes.TIMESTAMP : type;
      return new Arithmetic(
          op,
          SqlTypes.INTERVAL,
          coerce(coerce(left, type), micros),
          coerce(coerce(right, type), micros));
    }
    if (sum && timeA && b == SqlTypes.MONTHS) {
      return new Call(
          a,
          true,
          v -> addMonths(v[0], plus ? (Long) v[1] : -(Long) v[1], a),
          List.of(left, right));
    }
    if (sum && SqlTypes.isTimestamp(a) && b == SqlTypes.INTERVAL) {
      Node by = SqlTypes.isNanos(a) ? scaled(right, 1_000) : right;
      return new Arithmetic(op, a, left, by);
    }
    if (sum && SqlTypes.isDate(a) && b == SqlTypes.INTERVAL) {
      boolean days =
          right instanceof Constant c && c.value instanceof Long v && v % Times.DAY_MICROS == 0;
      Node sumOf = new Arithmetic(op, SqlTypes.TIMESTAMP, coerce(left, SqlTypes.TIMESTAMP), right);
      return days ? coerce(sumOf, SqlTypes.DATE) : sumOf;
    }
    return null;
  }

  private static Node scaled(Node interval, long factor) {
    return new Arithmetic(
        Op.MULTIPLY, SqlTypes.INTERVAL, interval, new Constant(SqlTypes.LONG, factor));
  }

  static boolean isInterval(Type type) {
    return type == SqlTypes.INTERVAL || type == SqlTypes.MONTHS;
  }

  private static Node asDouble(Node interval) {
    return new Call(SqlTypes.DOUBLE, false, v -> ((Long) v[0]).doubleValue(), List.of(interval));
  }

  private static Object addMonths(Object value, long months, Type type) {
    if (SqlTypes.isDate(type)) {
      return Math.toIntExact(LocalDate.ofEpochDay((Integer) value).plusMonths(months).toEpochDay());
    }
    return Times.held(Times.local((Long) value, type).plusMonths(months), type);
  }

  static Node negate(Node of) {
    if (of instanceof Constant c && c.value instanceof Long v && v == 1L << 31) {
      return new Constant(SqlTypes.INT, Integer.MIN_VALUE);
    }
    if (SqlTypes.is(of.type, Type.TypeID.DOUBLE)) {
      return new Call.OfDouble(x -> -x, of);
    }
    if (SqlTypes.isFloating(of.type)) {
      return new Call(of.type, false, v -> -(Float) v[0], List.of(of));
    }
    if (SqlTypes.isDecimal(of.type)) {
      return new Call(of.type, false, v -> ((BigDecimal) v[0]).negate(), List.of(of));
    }
    if (SqlTypes.isInteger(of.type) || isInterval(of.type)) {
      Object zero = SqlTypes.held(of.type) == SqlTypes.Held.INT ? (Object) 0 : 0L;
      return new Arithmetic(Op.SUBTRACT, of.type, new Constant(of.type, zero), of);
    }
    throw new Mistake("cannot negate " + SqlTypes.name(of.type) + ".");
  }
}
