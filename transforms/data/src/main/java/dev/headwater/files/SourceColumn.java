package dev.headwater.files;

import java.io.Serializable;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * A column of a source's files.
 *
 * @param typeText its type as Iceberg writes it; nested ones without field ids
 * @param format how its dates or timestamps are written: a pattern of Java's DateTimeFormatter, or
 *     {@code epoch_s}, {@code epoch_ms}, {@code epoch_us}; how its numbers are: 1234.56 like that,
 *     {@code 1.234,56}; null for ISO 8601 and numbers without groups and with a point
 */
public record SourceColumn(String name, String typeText, @Nullable String format)
    implements Serializable {
  /** Then comes the scale: how JSON of Kafka Connect has decimals, their unscaled bytes. */
  public static final String BASE64 = "base64:";

  private static final long MICROS_PER_DAY = 86_400_000_000L;

  public SourceColumn {
    TypeText.parse(typeText);
    if (format != null && !format.startsWith(BASE64) && NumberShape.of(format) == null) {
      TimeFormat.of(format);
    }
  }

  public static SourceColumn of(String name, Type type, @Nullable String format) {
    return new SourceColumn(name, TypeText.of(type), format);
  }

  public Type type() {
    return TypeText.parse(typeText);
  }

  /**
   * A value as the files write it, where the format says otherwise than usual.
   *
   * @param value as batches have it: days, microseconds, numbers
   * @return null if it is written as usual, or this can't be told
   */
  public @Nullable String write(Object value) {
    NumberShape shape = NumberShape.of(format);
    boolean day = type().typeId() == Type.TypeID.DATE;
    if (shape != null) {
      return shape.write(value.toString());
    }
    if (format == null || format.startsWith("epoch_") || !(value instanceof Number number)) {
      return null;
    }
    return day || type().typeId() == Type.TypeID.TIMESTAMP
        ? TimePattern.of(format).write(number.longValue() * (day ? MICROS_PER_DAY : 1))
        : null;
  }

  /** Its name and type, for people. */
  public String text() {
    return name + " " + typeText;
  }
}
