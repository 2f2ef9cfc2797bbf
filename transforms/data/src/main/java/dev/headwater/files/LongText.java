package dev.headwater.files;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.DecimalColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import java.util.Arrays;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Values that fit a long, out of text: whole numbers, dates, times and decimals of up to 18 digits.
 * One thread.
 */
final class LongText {
  private final Type.TypeID kind;
  private final boolean whole;
  private final boolean isInt;
  private final boolean utc;
  private final int precision;
  private final int scale;
  private final TextNumbers numbers;
  private final TimeFormat times;
  private boolean good;

  private LongText(Type type, @Nullable String format) {
    this.kind = type.typeId();
    this.isInt = kind == Type.TypeID.INTEGER;
    this.whole = isInt || kind == Type.TypeID.LONG;
    this.utc = type instanceof Types.TimestampType t && t.shouldAdjustToUTC();
    this.precision = type instanceof Types.DecimalType decimal ? decimal.precision() : 0;
    this.scale = type instanceof Types.DecimalType decimal ? decimal.scale() : 0;
    this.numbers = new TextNumbers(format);
    this.times = TimeFormat.of(NumberShape.shapes(type) ? null : format);
  }

  /**
   * Of a type.
   *
   * @param format how numbers, dates and times are written; null for Java's way and ISO 8601
   * @return null if its values need more than a long
   */
  static @Nullable LongText of(Type type, @Nullable String format) {
    return switch (type.typeId()) {
      case INTEGER, LONG, DATE, TIME, TIMESTAMP -> new LongText(type, format);
      case DECIMAL ->
          ((Types.DecimalType) type).precision() <= 18 ? new LongText(type, format) : null;
      default -> null;
    };
  }

  /** The value of a text; anything where it is none. */
  long parse(byte[] data, int from, int to) {
    long value;
    if (whole) {
      value = numbers.parseLong(data, from, to);
      good = numbers.isGood() && fits(value);
    } else if (precision > 0) {
      value = numbers.parseUnscaled(data, from, to, precision, scale);
      good = numbers.isGood();
    } else {
      value = time(data, from, to);
      good = times.isGood();
    }
    return value;
  }

  private long time(byte[] data, int from, int to) {
    return switch (kind) {
      case DATE -> times.parseDate(data, from, to);
      case TIME -> times.parseTime(data, from, to);
      default -> times.parseTimestamp(data, from, to, utc);
    };
  }

  /** Whether the last text was a value. */
  boolean isGood() {
    return good;
  }

  /** Whether a whole number is a value as it is. */
  boolean isWhole() {
    return whole;
  }

  /** Whether a whole number is within the type's range. */
  boolean fits(long value) {
    return !isInt || value == (int) value;
  }

  /** The column of the first values, as narrow as its type is. */
  Column column(long[] values, int rows, @Nullable Bits nulls) {
    if (kind == Type.TypeID.INTEGER || kind == Type.TypeID.DATE) {
      int[] ints = new int[rows];
      for (int row = 0; row < rows; row++) {
        ints[row] = (int) values[row];
      }
      return IntColumn.of(ints, nulls);
    }
    long[] own = values.length == rows ? values : Arrays.copyOf(values, rows);
    return kind == Type.TypeID.DECIMAL
        ? DecimalColumn.of(scale, own, null, nulls)
        : LongColumn.of(own, nulls);
  }
}
