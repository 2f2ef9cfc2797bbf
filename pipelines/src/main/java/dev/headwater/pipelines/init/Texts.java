package dev.headwater.pipelines.init;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/** Figures as people write them. */
final class Texts {
  private static final int CUT = 24;

  private Texts() {}

  static String share(double share) {
    return String.format(Locale.ROOT, share < 0.001 ? "%.2g%%" : "%.1f%%", 100 * share);
  }

  static String count(long rows) {
    return String.format(Locale.ROOT, "%,d", rows);
  }

  /** A number of two digits that is not less. */
  static BigDecimal up(double value) {
    return round(value, RoundingMode.CEILING);
  }

  /** A number of two digits that is not greater. */
  static BigDecimal down(double value) {
    return round(value, RoundingMode.FLOOR);
  }

  private static BigDecimal round(double value, RoundingMode mode) {
    return BigDecimal.valueOf(value).round(new MathContext(2, mode)).stripTrailingZeros();
  }

  /** A value of a column, in a few characters. */
  static String value(Type type, @Nullable Object value) {
    if (value == null) {
      return "";
    }
    String text =
        switch (type.typeId()) {
          case DATE -> LocalDate.ofEpochDay((Integer) value).toString();
          case TIMESTAMP ->
              LocalDateTime.of(1970, 1, 1, 0, 0).plus((Long) value, ChronoUnit.MICROS).toString();
          case BINARY, FIXED -> "…";
          default -> value.toString();
        };
    return text.length() <= CUT ? text : text.substring(0, CUT - 1) + "…";
  }
}
