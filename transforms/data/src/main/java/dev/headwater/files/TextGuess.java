package dev.headwater.files;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** What type texts could be, as far as they were seen: the narrowest that takes them all. */
final class TextGuess {
  /** Shapes of dates that are tried besides ISO 8601; one must be the only one that fits. */
  private static final List<String> PATTERNS =
      List.of(
          "dd.MM.yyyy",
          "dd/MM/yyyy",
          "MM/dd/yyyy",
          "yyyy/MM/dd",
          "dd-MM-yyyy",
          "dd-MMM-yyyy",
          "dd MMM yyyy",
          "yyyyMMdd");

  private static final List<String> CLOCKS = List.of("", " HH:mm", " HH:mm:ss", " HH:mm:ss.SSS");

  /** Texts that people write for nothing. */
  private static final List<String> NOTHING =
      List.of("NA", "N/A", "n/a", "NULL", "null", "None", "none", "nan", "\\N", "-", "?");

  private record Shape(String pattern, boolean clock, TimeFormat format) {}

  private final TextNumbers numbers = new TextNumbers();
  private final TimeFormat iso = TimeFormat.of(null);
  private final TreeSet<String> nothing = new TreeSet<>();
  private boolean any;
  private boolean longs = true;
  private boolean ints = true;
  private boolean doubles = true;
  private boolean booleans = true;
  private boolean dates = true;
  private boolean timestamps = true;
  private boolean zoned = true;
  private boolean unzoned = true;
  private @Nullable List<Shape> shapes;

  /** Takes a value that is no null. */
  void add(String text) {
    if (NOTHING.contains(text)) {
      nothing.add(text);
      return;
    }
    byte[] b = Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), text.length() + 16);
    int n = text.length();
    boolean ascii = text.chars().allMatch(c -> c < 128);
    boolean first = !any;
    any = true;
    if (!ascii || n > 64 || n == 0) {
      longs = ints = doubles = booleans = dates = timestamps = false;
      shapes = List.of();
      return;
    }
    boolean number = Character.isDigit(text.charAt(n - 1));
    if (doubles) {
      // 007 is a code, not a number.
      boolean code = n > 1 && text.charAt(0) == '0' && Character.isDigit(text.charAt(1));
      numbers.parseDouble(b, 0, n);
      doubles = number && !code && numbers.isGood();
      numbers.parseLong(b, 0, n);
      longs &= doubles && numbers.isGood() && text.charAt(0) != '+';
      doubles &= longs || text.chars().anyMatch(c -> c == '.' || c == 'e' || c == 'E');
    }
    longs &= doubles;
    booleans &= text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false");
    if (dates) {
      iso.parseDate(b, 0, n);
      dates = n == 10 && iso.isGood();
    }
    if (timestamps) {
      iso.parseTimestamp(b, 0, n, true);
      timestamps = iso.isGood();
      zoned &= iso.isZoned();
      unzoned &= !iso.isZoned();
    }
    fit(b, n, first);
  }

  private void fit(byte[] b, int n, boolean first) {
    if (first) {
      shapes = new ArrayList<>();
      for (String day : PATTERNS) {
        for (String clock : CLOCKS) {
          shapes.add(new Shape(day + clock, !clock.isEmpty(), TimeFormat.of(day + clock)));
        }
      }
    }
    List<Shape> left = shapes;
    if (left != null && !left.isEmpty()) {
      left.removeIf(
          shape -> {
            shape.format().parseTimestamp(b, 0, n, false);
            return !shape.format().isGood();
          });
    }
  }

  /** The texts for nothing that are to be nulls, so that the rest has a type. */
  Set<String> nothing() {
    return type().typeId() == Type.TypeID.STRING ? new TreeSet<>() : nothing;
  }

  /** The type of what was seen, or string; with nothing for nulls. */
  Type type() {
    if (!any) {
      return Types.StringType.get();
    }
    if (booleans) {
      return Types.BooleanType.get();
    }
    Shape shape = shape();
    if (shape != null && !shape.pattern().equals("yyyyMMdd")) {
      return shape.clock() ? Types.TimestampType.withoutZone() : Types.DateType.get();
    }
    if (longs) {
      return Types.LongType.get();
    }
    if (doubles) {
      return Types.DoubleType.get();
    }
    if (dates) {
      return Types.DateType.get();
    }
    if (timestamps && (zoned || unzoned)) {
      return zoned ? Types.TimestampType.withZone() : Types.TimestampType.withoutZone();
    }
    return Types.StringType.get();
  }

  /** How the dates are written, where that is not ISO 8601. */
  @Nullable String format() {
    Shape shape = shape();
    Type.TypeID type = type().typeId();
    return shape == null || type != Type.TypeID.DATE && type != Type.TypeID.TIMESTAMP
        ? null
        : shape.pattern();
  }

  private @Nullable Shape shape() {
    return shapes != null && shapes.size() == 1 ? shapes.get(0) : null;
  }

  /**
   * Whether more than one way of writing dates would do: the day and the month are not told apart.
   */
  boolean isAmbiguous() {
    return shapes != null && shapes.size() > 1;
  }
}
