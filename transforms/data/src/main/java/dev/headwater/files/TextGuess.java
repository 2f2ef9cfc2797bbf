package dev.headwater.files;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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
  private long values;
  private final Share number = new Share("numbers");
  private final Share time = new Share("dates or times");
  private boolean codes = true;
  private @Nullable String code;
  private long least = Long.MAX_VALUE;
  private long greatest = Long.MIN_VALUE;
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
  private final NumberGuess written = new NumberGuess();

  /** How many of the values would be of a kind. */
  private final class Share {
    private final String kind;
    private long fit;
    private @Nullable String other;

    Share(String kind) {
      this.kind = kind;
    }

    void add(boolean fits, String text) {
      fit += fits ? 1 : 0;
      other = fits || other != null ? other : text;
    }

    @Nullable String note() {
      return other == null || fit * 2 < values || fit == 0
          ? null
          : String.format(
              Locale.ROOT,
              "%,d of %,d values are %s, '%s' is not",
              fit,
              values,
              kind,
              brief(other));
    }
  }

  private static String brief(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

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
    values++;
    written.add(text);
    if (!ascii || n > 64 || n == 0) {
      number.add(false, text);
      time.add(false, text);
      codes = false;
      longs = ints = doubles = booleans = dates = timestamps = false;
      shapes = List.of();
      return;
    }
    // 007 is a code, not a number.
    boolean zero = n > 1 && text.charAt(0) == '0' && Character.isDigit(text.charAt(1));
    code = zero && code == null ? text : code;
    numbers.parseDouble(b, 0, n);
    boolean isNumber = Character.isDigit(text.charAt(n - 1)) && numbers.isGood();
    codes &= isNumber;
    number.add(isNumber && !zero, text);
    if (doubles) {
      doubles = isNumber && !zero;
      long value = numbers.parseLong(b, 0, n);
      // A whole number that no long holds would lose digits as a double.
      boolean whole = numbers.isGood();
      longs &= doubles && whole && text.charAt(0) != '+';
      doubles &= whole || text.chars().anyMatch(c -> c == '.' || c == 'e' || c == 'E');
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
    longs &= doubles;
    booleans &= text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false");
    if (dates) {
      iso.parseDate(b, 0, n);
      dates = n == 10 && iso.isGood();
    }
    iso.parseTimestamp(b, 0, n, true);
    time.add(iso.isGood(), text);
    if (timestamps) {
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
    if (written.shape() != null && code == null) {
      return Types.DoubleType.get();
    }
    if (timestamps && (zoned || unzoned)) {
      return zoned ? Types.TimestampType.withZone() : Types.TimestampType.withoutZone();
    }
    return Types.StringType.get();
  }

  /** How dates are written where that is not ISO 8601, or numbers where not as Java writes them. */
  @Nullable String format() {
    Shape shape = shape();
    Type.TypeID type = type().typeId();
    if (type == Type.TypeID.DOUBLE) {
      return doubles ? null : written.shape();
    }
    return shape == null || type != Type.TypeID.DATE && type != Type.TypeID.TIMESTAMP
        ? null
        : shape.pattern();
  }

  private @Nullable Shape shape() {
    return shapes != null && shapes.size() == 1 ? shapes.get(0) : null;
  }

  /** What somebody should know who takes the type as it is. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (!any) {
      notes.add(nothing.isEmpty() ? "no value was seen" : "only " + words(nothing) + " was seen");
      return notes;
    }
    Type.TypeID type = type().typeId();
    if (!nothing().isEmpty()) {
      notes.add(words(nothing) + (nothing.size() == 1 ? " is" : " are") + " taken for null");
    } else if (!nothing.isEmpty()) {
      notes.add(words(nothing) + (nothing.size() == 1 ? " stays" : " stay") + " a text");
    }
    List<Shape> several = shapes;
    if (several != null && several.size() > 1) {
      String one = several.get(0).clock() ? "timestamp" : "date";
      notes.add(
          "dates, but as "
              + String.join(" or as ", several.stream().map(Shape::pattern).toList())
              + "? Write which: {type: "
              + one
              + ", format: "
              + several.get(0).pattern()
              + "}");
    } else if (type == Type.TypeID.STRING) {
      texts(notes);
    } else if (type == Type.TypeID.LONG && least > 0) {
      if (least > 946_684_800L && greatest < 4_102_444_800L) {
        notes.add("seconds since 1970? Then {type: timestamptz, format: epoch_s}");
      } else if (least > 946_684_800_000L && greatest < 4_102_444_800_000L) {
        notes.add("milliseconds since 1970? Then {type: timestamptz, format: epoch_ms}");
      } else if (shape() != null) {
        notes.add("dates without separators? Then {type: date, format: yyyyMMdd}");
      }
    }
    return notes;
  }

  private void texts(List<String> notes) {
    if (written.several() != null && code == null) {
      notes.add(written.several());
      return;
    }
    if (codes && code != null) {
      notes.add("a text, since numbers have no leading zeros (" + brief(code) + ")");
      return;
    }
    if (timestamps && !zoned && !unzoned) {
      notes.add("timestamps, some with an offset from UTC and some without");
      return;
    }
    for (Share share : List.of(number, time)) {
      String note = share.note();
      if (note != null) {
        notes.add(note);
      }
    }
  }

  private static String words(Set<String> texts) {
    return String.join(" and ", texts.stream().map(text -> "'" + text + "'").toList());
  }
}
