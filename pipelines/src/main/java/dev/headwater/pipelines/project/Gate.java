package dev.headwater.pipelines.project;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A condition on a new model's holdout metrics without which the champion stays: {@code auc >
 * baseline.auc + 0.01}, {@code log_loss < 0.4}.
 *
 * @param comparison one of {@code > >= < <=}
 * @param other the metric to compare with, or null: with 0
 * @param offset added to it
 */
public record Gate(String metric, String comparison, @Nullable String other, double offset) {
  private static final String METRIC = "[a-z_]+(?:\\.[a-z_]+)?";
  private static final String NUMBER = "\\d+(?:\\.\\d+)?";
  private static final Pattern FORM =
      Pattern.compile(
          "\\s*(%1$s)\\s*(>=|<=|>|<)\\s*(?:(-?%2$s)|(%1$s)(?:\\s*([+-])\\s*(%2$s))?)\\s*"
              .formatted(METRIC, NUMBER));

  /**
   * Reads {@code auc > baseline.auc}.
   *
   * @throws IllegalArgumentException saying what can be written instead
   */
  public static Gate parse(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not a gate. Write a metric, > >= < or <=, and a metric or number: "
              + "auc > baseline.auc + 0.01.");
    }
    if (m.group(3) != null) {
      return new Gate(m.group(1), m.group(2), null, Double.parseDouble(m.group(3)));
    }
    double offset = m.group(6) == null ? 0 : Double.parseDouble(m.group(6));
    return new Gate(m.group(1), m.group(2), m.group(4), "-".equals(m.group(5)) ? -offset : offset);
  }

  /**
   * Whether these metrics pass; NaN never does.
   *
   * @throws IllegalArgumentException if a metric is missing
   */
  public boolean holds(Map<String, Double> metrics) {
    double left = value(metrics, metric);
    double right = (other == null ? 0 : value(metrics, other)) + offset;
    return switch (comparison) {
      case ">" -> left > right;
      case ">=" -> left >= right;
      case "<" -> left < right;
      default -> left <= right;
    };
  }

  private static double value(Map<String, Double> metrics, String name) {
    Double value = metrics.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "no metric '" + name + "'." + Nearest.of(name, metrics.keySet()));
    }
    return value;
  }

  @Override
  public String toString() {
    String right =
        other == null
            ? number(offset)
            : offset == 0 ? other : other + (offset < 0 ? " - " : " + ") + number(Math.abs(offset));
    return metric + " " + comparison + " " + right;
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
