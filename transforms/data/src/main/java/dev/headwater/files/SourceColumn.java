package dev.headwater.files;

import java.io.Serializable;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * A column of a source's files.
 *
 * @param typeText its type as Iceberg writes it; nested ones without field ids
 * @param format how its dates or timestamps are written: a pattern of Java's DateTimeFormatter, or
 *     {@code epoch_s}, {@code epoch_ms}, {@code epoch_us}; null for ISO 8601
 */
public record SourceColumn(String name, String typeText, @Nullable String format)
    implements Serializable {
  /** Then comes the scale: how JSON of Kafka Connect has decimals, their unscaled bytes. */
  public static final String BASE64 = "base64:";

  public SourceColumn {
    TypeText.parse(typeText);
    if (format != null && !format.startsWith(BASE64)) {
      TimeFormat.of(format);
    }
  }

  public static SourceColumn of(String name, Type type, @Nullable String format) {
    return new SourceColumn(name, TypeText.of(type), format);
  }

  public Type type() {
    return TypeText.parse(typeText);
  }

  /** Its name and type, for people. */
  public String text() {
    return name + " " + typeText;
  }
}
