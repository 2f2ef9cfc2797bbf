package dev.headwater.columns.expr;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Functions of numbers whose result depends on the argument's type. */
final class Numbers {
  private Numbers() {}

  /** Exact for powers of two, which a quotient of logarithms is not. */
  static double log2(double x) {
    if (x > 0 && x < Double.POSITIVE_INFINITY && x >= Double.MIN_NORMAL) {
      int exponent = StrictMath.getExponent(x);
      double fraction = x / StrictMath.scalb(1.0, exponent);
      return fraction == 1.0 ? exponent : exponent + StrictMath.log(fraction) / StrictMath.log(2.0);
    }
    return StrictMath.log(x) / StrictMath.log(2.0);
  }

  /** Half away from zero, of the number that is meant: exact where x + 0.5 would not be. */
  static double round(double x) {
    double below = StrictMath.floor(StrictMath.abs(x));
    double up = StrictMath.abs(x) - below >= 0.5 ? below + 1 : below;
    return StrictMath.copySign(up, x);
  }

  static double truncate(double x) {
    return StrictMath.copySign(StrictMath.floor(StrictMath.abs(x)), x);
  }

  private static double round(double x, long places) {
    if (Double.isNaN(x) || Double.isInfinite(x) || places > 330) {
      return x;
    }
    int at = (int) Math.max(-400, places);
    double out = BigDecimal.valueOf(x).setScale(at, RoundingMode.HALF_UP).doubleValue();
    return StrictMath.copySign(out, x);
  }

  static Node of(String name, Arguments a) {
    boolean places = name.equals("round");
    a.count(name, 1, places ? 2 : 1);
    Node of = a.number(name, 0);
    Type type = of.type;
    if (a.size() == 2) {
      Node n = a.integer(name, 1);
      if (SqlTypes.isFloating(type)) {
        Node rounded =
            Functions.call(
                SqlTypes.DOUBLE,
                false,
                v -> round((Double) v[0], (Long) v[1]),
                List.of(a.real(name, 0), n));
        return type.equals(SqlTypes.DOUBLE) ? rounded : Cast.to(type, rounded);
      }
      return Functions.call(type, true, v -> roundExact(v[0], (Long) v[1], type), List.of(of, n));
    }
    if (SqlTypes.isFloating(type)) {
      Node done = new Call.OfDouble(floating(name), a.real(name, 0));
      return type.equals(SqlTypes.DOUBLE) ? done : Cast.to(type, done);
    }
    if (SqlTypes.isDecimal(type)) {
      return decimal(name, of);
    }
    return switch (name) {
      case "abs" ->
          Functions.call(
              type, true, v -> Casts.number(Casts.decimal(v[0], type).abs(), type), List.of(of));
      case "sign" ->
          Functions.call(
              type,
              false,
              v -> Casts.number((long) Long.signum(((Number) v[0]).longValue()), type),
              List.of(of));
      default -> of;
    };
  }

  private static Object roundExact(Object value, long places, Type type) {
    BigDecimal exact = Casts.decimal(value, type);
    int at = (int) Math.max(-40, Math.min(places, exact.scale()));
    return Casts.number(exact.setScale(at, RoundingMode.HALF_UP), type);
  }

  private static DoubleUnaryOperator floating(String name) {
    return switch (name) {
      case "abs" -> StrictMath::abs;
      case "sign" -> StrictMath::signum;
      case "ceil", "ceiling" -> StrictMath::ceil;
      case "floor" -> StrictMath::floor;
      case "truncate" -> Numbers::truncate;
      default -> Numbers::round;
    };
  }

  private static Node decimal(String name, Node of) {
    Types.DecimalType type = (Types.DecimalType) of.type;
    if (name.equals("abs")) {
      return Functions.call(type, false, v -> ((BigDecimal) v[0]).abs(), List.of(of));
    }
    RoundingMode mode =
        switch (name) {
          case "ceil", "ceiling" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          case "truncate" -> RoundingMode.DOWN;
          default -> RoundingMode.HALF_UP;
        };
    boolean sign = name.equals("sign");
    Types.DecimalType whole =
        sign
            ? SqlTypes.decimal(1, 0)
            : SqlTypes.decimal(type.precision() - type.scale() + (type.scale() > 0 ? 1 : 0), 0);
    return Functions.call(
        whole,
        true,
        v -> {
          BigDecimal d = (BigDecimal) v[0];
          return sign ? BigDecimal.valueOf(d.signum()) : Casts.number(d.setScale(0, mode), whole);
        },
        List.of(of));
  }

  /** The greatest (1) or least (-1) of several values; null if one is, NaN if one is. */
  static Node extreme(String name, Arguments a, int direction) {
    List<Node> nodes = Operators.unify(a.count(name, 1, 127).nodes(), name);
    Type type = nodes.get(0).type;
    if (SqlTypes.held(type) == SqlTypes.Held.NESTED) {
      throw new Mistake(name + " does not take " + SqlTypes.name(type) + ".");
    }
    return Functions.call(
        type,
        false,
        v -> {
          Object best = v[0];
          for (int i = 1; i < v.length && !isNaN(best); i++) {
            if (isNaN(v[i]) || direction * compare(v[i], best) > 0) {
              best = v[i];
            }
          }
          return best;
        },
        nodes);
  }

  private static boolean isNaN(Object value) {
    return value instanceof Double d && d.isNaN() || value instanceof Float f && f.isNaN();
  }

  @SuppressWarnings("unchecked") // values of one type compare with each other
  private static int compare(Object a, Object b) {
    boolean bytes = !(a instanceof Number) && !(a instanceof Boolean);
    return bytes
        ? java.util.Arrays.compareUnsigned(Cells.toBytes(a), Cells.toBytes(b))
        : ((Comparable<Object>) a).compareTo(b);
  }
}
