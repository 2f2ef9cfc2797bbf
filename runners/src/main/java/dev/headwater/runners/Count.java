package dev.headwater.runners;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How many of something to show: one at least. */
final class Count implements ITypeConverter<Integer> {
  @Override
  public Integer convert(String text) {
    try {
      int count = Integer.parseInt(text);
      if (count > 0) {
        return count;
      }
    } catch (NumberFormatException e) {
      throw notOne(text);
    }
    throw notOne(text);
  }

  private static TypeConversionException notOne(String text) {
    return new TypeConversionException("'" + text + "' is not a number of 1 or more");
  }
}
