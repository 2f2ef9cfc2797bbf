package dev.headwater.columns.expr;

import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/** Functions of numbers. Those over doubles are StrictMath's: the same bits on any machine. */
final class NumberFunctions {
  private NumberFunctions() {}

  static void addTo(Map<String, Functions.Maker> all) {
    ofDouble(all, "sqrt", StrictMath::sqrt);
    ofDouble(all, "cbrt", StrictMath::cbrt);
    ofDouble(all, "exp", StrictMath::exp);
    ofDouble(all, "ln", StrictMath::log);
    ofDouble(all, "log10", StrictMath::log10);
    ofDouble(all, "log2", Numbers::log2);
    ofDouble(all, "sin", StrictMath::sin);
    ofDouble(all, "cos", StrictMath::cos);
    ofDouble(all, "tan", StrictMath::tan);
    ofDouble(all, "asin", StrictMath::asin);
    ofDouble(all, "acos", StrictMath::acos);
    ofDouble(all, "atan", StrictMath::atan);
    ofDouble(all, "sinh", StrictMath::sinh);
    ofDouble(all, "cosh", StrictMath::cosh);
    ofDouble(all, "tanh", StrictMath::tanh);
    ofDouble(all, "degrees", StrictMath::toDegrees);
    ofDouble(all, "radians", StrictMath::toRadians);
    constant(all, "pi", StrictMath.PI);
    constant(all, "e", StrictMath.E);
    constant(all, "nan", Double.NaN);
    constant(all, "infinity", Double.POSITIVE_INFINITY);
    all.put("is_nan", a -> new Call.Asks(Double::isNaN, a.count("is_nan", 1, 1).real("is_nan", 0)));
    all.put(
        "is_finite",
        a -> new Call.Asks(Double::isFinite, a.count("is_finite", 1, 1).real("is_finite", 0)));
    all.put(
        "is_infinite",
        a ->
            new Call.Asks(Double::isInfinite, a.count("is_infinite", 1, 1).real("is_infinite", 0)));
    ofDoubles(all, "power", StrictMath::pow);
    all.put("pow", all.get("power"));
    ofDoubles(all, "atan2", StrictMath::atan2);
    ofDoubles(all, "log", (base, x) -> StrictMath.log(x) / StrictMath.log(base));
    all.put(
        "mod",
        a -> {
          a.count("mod", 2, 2);
          return Operators.arithmetic(
              Arithmetic.Op.MODULUS, a.number("mod", 0), a.number("mod", 1));
        });
    for (String name : List.of("abs", "sign", "ceil", "ceiling", "floor", "truncate", "round")) {
      all.put(name, a -> Numbers.of(name, a));
    }
    all.put("greatest", a -> Numbers.extreme("greatest", a, 1));
    all.put("least", a -> Numbers.extreme("least", a, -1));
  }

  private static void constant(Map<String, Functions.Maker> all, String name, double value) {
    all.put(
        name,
        a -> {
          a.count(name, 0, 0);
          return new Constant(SqlTypes.DOUBLE, value);
        });
  }

  private static void ofDouble(
      Map<String, Functions.Maker> all, String name, DoubleUnaryOperator function) {
    all.put(name, a -> new Call.OfDouble(function, a.count(name, 1, 1).real(name, 0)));
  }

  private static void ofDoubles(
      Map<String, Functions.Maker> all, String name, DoubleBinaryOperator function) {
    all.put(
        name,
        a -> {
          a.count(name, 2, 2);
          return Functions.call(
              SqlTypes.DOUBLE,
              false,
              v -> function.applyAsDouble((Double) v[0], (Double) v[1]),
              List.of(a.real(name, 0), a.real(name, 1)));
        });
  }
}
