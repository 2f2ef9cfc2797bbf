package dev.headwater.features;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a view must hold, computed the naive way: all rows looked at for each point. */
final class FeatureOracle {
  private static final MathContext ENOUGH = new MathContext(1_500);

  /** A source's row. */
  record Row(
      @Nullable String key,
      @Nullable Long time,
      @Nullable Long known,
      @Nullable Long x,
      @Nullable Double y) {}

  private FeatureOracle() {}

  /** Values in the order of {@link SweepTest}'s view. */
  static List<@Nullable Object> values(List<Row> rows, String key, long time, long... widths) {
    List<List<@Nullable Object>> byWindow = new ArrayList<>();
    for (long width : widths) {
      List<Row> in = new ArrayList<>();
      for (Row row : rows) {
        boolean sees =
            key.equals(row.key)
                && row.time != null
                && row.known != null
                && row.known < time
                && row.known >= time - width;
        if (sees) {
          in.add(row);
        }
      }
      byWindow.add(window(in));
    }
    List<@Nullable Object> out = new ArrayList<>();
    for (int v = 0; v < byWindow.get(0).size(); v++) {
      for (List<@Nullable Object> window : byWindow) {
        out.add(window.get(v));
      }
    }
    return out;
  }

  private static List<@Nullable Object> window(List<Row> in) {
    List<Long> xs = present(in, Row::x);
    List<Double> ys = present(in, Row::y);
    long late = xs.stream().filter(x -> x > 15).count();
    BigInteger sum = xs.stream().map(BigInteger::valueOf).reduce(BigInteger.ZERO, BigInteger::add);
    return Arrays.asList(
        (long) in.size(),
        (long) xs.size(),
        xs.isEmpty() ? null : sum.longValueExact(),
        xs.isEmpty() ? null : divide(new BigDecimal(sum), xs.size()),
        xs.isEmpty() ? null : (double) late / xs.size(),
        xs.stream().min(Long::compare).orElse(null),
        xs.stream().max(Long::compare).orElse(null),
        variance(xs.stream().map(BigDecimal::valueOf).toList(), xs.size()),
        sum(ys, 1),
        sum(ys, ys.size()),
        ys.stream().min(Double::compare).orElse(null),
        ys.stream().max(Double::compare).orElse(null),
        ys.size() > 1 && ys.stream().anyMatch(y -> !Double.isFinite(y))
            ? Double.valueOf(Double.NaN)
            : variance(
                ys.stream().filter(Double::isFinite).map(BigDecimal::new).toList(), ys.size()));
  }

  private static @Nullable Double sum(List<Double> ys, int divisor) {
    if (ys.isEmpty()) {
      return null;
    }
    double special = ys.stream().filter(y -> !Double.isFinite(y)).reduce(0.0, Double::sum);
    if (special != 0) {
      return special;
    }
    return divide(
        ys.stream().map(BigDecimal::new).reduce(BigDecimal.ZERO, BigDecimal::add), divisor);
  }

  private static @Nullable Double variance(List<BigDecimal> values, int count) {
    if (count < 2) {
      return null;
    }
    BigDecimal n = BigDecimal.valueOf(count);
    BigDecimal sum = values.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    BigDecimal squares =
        values.stream().map(v -> v.multiply(v)).reduce(BigDecimal.ZERO, BigDecimal::add);
    return n.multiply(squares)
        .subtract(sum.multiply(sum))
        .divide(n.multiply(n.subtract(BigDecimal.ONE)), ENOUGH)
        .doubleValue();
  }

  private static double divide(BigDecimal sum, int divisor) {
    return sum.divide(BigDecimal.valueOf(divisor), ENOUGH).doubleValue();
  }

  private static <T> List<T> present(List<Row> in, Function<Row, @Nullable T> value) {
    List<T> out = new ArrayList<>();
    for (Row row : in) {
      T t = value.apply(row);
      if (t != null) {
        out.add(Objects.requireNonNull(t));
      }
    }
    return out;
  }
}
