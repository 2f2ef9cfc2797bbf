package dev.headwater.pipelines.project;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The length of a feature's window as written: "3h", "24h", "7d". The text is part of the column's
 * name, so 24h and 1d are two windows.
 */
public record Window(String text) {
  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,5})([smhdw])");

  public Window {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a window. Write a number and s, m, h, d or w: 3h, 24h, 7d.");
    }
  }

  public long micros() {
    Matcher m = FORM.matcher(text);
    if (!m.matches()) {
      throw new IllegalStateException(text);
    }
    long seconds =
        switch (m.group(2)) {
          case "s" -> 1;
          case "m" -> 60;
          case "h" -> 3_600;
          case "d" -> 86_400;
          default -> 604_800;
        };
    return Long.parseLong(m.group(1)) * seconds * 1_000_000;
  }

  @Override
  public String toString() {
    return text;
  }
}
