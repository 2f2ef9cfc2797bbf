package dev.headwater.features;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.Column;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import java.util.Arrays;
import org.apache.iceberg.types.Type;

/** Timestamps and dates as microseconds since 1970, and back. */
final class Micros {
  private static final long DAY = 86_400_000_000L;

  private Micros() {}

  static void check(FeatureView view, Type type) {
    if (type.typeId() != Type.TypeID.TIMESTAMP && type.typeId() != Type.TypeID.DATE) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Feature view " + view.name() + " cannot tell time by a " + type + ".",
          "let its time and its 'known' be timestamps in microseconds, or dates.");
    }
  }

  /** The column's times; what stands under a null is 0. */
  static long[] of(Column column) {
    if (column instanceof IntColumn days) {
      return Arrays.stream(days.values()).mapToLong(day -> day * DAY).toArray();
    }
    return ((LongColumn) column).values();
  }

  static Column column(long[] micros, Type type) {
    return type.typeId() == Type.TypeID.DATE
        ? IntColumn.of(Arrays.stream(micros).mapToInt(t -> (int) (t / DAY)).toArray())
        : LongColumn.of(micros);
  }
}
