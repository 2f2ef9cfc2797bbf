package dev.headwater.columns;

import java.util.Arrays;
import org.apache.iceberg.types.Type;

/** Timestamps and dates as microseconds since 1970, and back. */
public final class Micros {
  private static final long DAY = 86_400_000_000L;

  private Micros() {}

  /** Whether this type's values are such times. */
  public static boolean holds(Type type) {
    return type.typeId() == Type.TypeID.TIMESTAMP || type.typeId() == Type.TypeID.DATE;
  }

  /** The column's times; what stands under a null is 0. */
  public static long[] of(Column column) {
    if (column instanceof IntColumn days) {
      return Arrays.stream(days.values()).mapToLong(day -> day * DAY).toArray();
    }
    return ((LongColumn) column).values();
  }

  /** Times of this type as a column. */
  public static Column column(long[] micros, Type type) {
    return type.typeId() == Type.TypeID.DATE
        ? IntColumn.of(Arrays.stream(micros).mapToInt(t -> (int) (t / DAY)).toArray())
        : LongColumn.of(micros);
  }
}
