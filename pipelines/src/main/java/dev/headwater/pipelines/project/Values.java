package dev.headwater.pipelines.project;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Readers of single values; what they say against a text, as an IllegalArgumentException, becomes a
 * problem of the file.
 */
final class Values {
  private Values() {}

  /** A day, or a time of one. */
  static LocalDateTime date(String text) {
    try {
      return text.length() <= 10
          ? LocalDate.parse(text).atStartOfDay()
          : LocalDateTime.parse(text.replace(' ', 'T'));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a date. Write it as yyyy-mm-dd.", e);
    }
  }

  /** A whole number in a range; digits may be set apart by {@code _}. */
  static long whole(String text, long least, long most) {
    try {
      long value = Long.parseLong(text.replace("_", ""));
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below, for texts and for numbers out of range alike.
    }
    throw new IllegalArgumentException(
        "'" + text + "' is not a whole number from " + least + " to " + most);
  }

  /** A finite number of at least so much. */
  static double number(String text, double least) {
    try {
      double value = Double.parseDouble(text);
      if (value >= least && Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException("'" + text + "' is not a number of at least " + least);
  }

  /** A size, {@code 128m} or {@code 1g}, in bytes. */
  static long bytes(String text) {
    if (!text.matches("(?i)[1-9][0-9]{0,11}[kmg]?b?")) {
      throw new IllegalArgumentException("'" + text + "' is no size. Write 128m or 1g");
    }
    String lower = text.toLowerCase(Locale.ROOT);
    int shift = lower.contains("k") ? 10 : lower.contains("m") ? 20 : lower.contains("g") ? 30 : 0;
    return Long.parseLong(lower.replaceAll("[a-z]", "")) << shift;
  }

  /** True or false. */
  static boolean bool(String text) {
    return oneOf(text, List.of("true", "false")).equals("true");
  }

  /** One of these words. */
  static String oneOf(String text, List<String> known) {
    if (!known.contains(text)) {
      throw new IllegalArgumentException(
          "'" + text + "' is none of " + String.join(", ", known) + "." + Nearest.of(text, known));
    }
    return text;
  }

  /** Notes a key that can be no name. */
  static void named(Section section, String key, String name) {
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      section.problem(
          key, "'" + name + "' is not a name: letters, digits and _, not beginning with a digit");
    }
  }

  /** The text, or else the other; empty if there is neither. */
  static String or(@Nullable String text, @Nullable String other) {
    return text != null ? text : other == null ? "" : other;
  }
}
