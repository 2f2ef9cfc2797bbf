package dev.headwater.features;

import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far back a feature looks: [t - width, t), as declared ({@code 3h}) and in microseconds. The
 * label ends the names of its columns ({@code mean_delay_3h}).
 */
public record Window(String label, long micros) implements Serializable {
  private static final Pattern SHAPE = Pattern.compile("([0-9]{1,9})(s|m|h|d|w)");

  public Window {
    if (micros <= 0) {
      throw new IllegalArgumentException("a window of '" + label + "' looks back nowhere");
    }
  }

  /**
   * The window of this label.
   *
   * @param label a number and a unit: s, m (minutes), h, d, w
   * @throws IllegalArgumentException if it is not that
   */
  public static Window parse(String label) {
    Matcher m = SHAPE.matcher(label);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "'" + label + "' is not a window: write a number and s, m, h, d or w, like 24h");
    }
    long unit =
        switch (m.group(2)) {
          case "s" -> 1_000_000L;
          case "m" -> 60_000_000L;
          case "h" -> 3_600_000_000L;
          case "d" -> 86_400_000_000L;
          default -> 604_800_000_000L;
        };
    return new Window(label, Math.multiplyExact(Long.parseLong(m.group(1)), unit));
  }
}
