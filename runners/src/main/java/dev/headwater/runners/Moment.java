package dev.headwater.runners;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A point in time: 2001-06-01, 2001-06-01T12:00:00 (both in UTC), 2001-06-01T12:00:00Z. */
final class Moment implements ITypeConverter<Instant> {
  @Override
  public Instant convert(String text) {
    try {
      if (text.endsWith("Z")) {
        return Instant.parse(text);
      }
      return text.length() <= 10
          ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
          : LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new TypeConversionException(
          "'" + text + "' is no time. Write 2001-06-01 or 2001-06-01T12:00:00Z.");
    }
  }
}
