package dev.headwater.columns;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Whole numbers as bytes: the least one, then how far each is above it, in the 0, 1, 2, 4 or 8
 * bytes that the farthest takes. Distances that would take 8 are divided by a unit of time where
 * that leaves nothing over, since timestamps are mostly whole seconds or minutes. Rows that are
 * null count for nothing.
 */
final class Integers {
  private static final long[] UNITS = {
    1, 86_400_000_000L, 3_600_000_000L, 60_000_000L, 1_000_000L, 1_000L
  };

  private Integers() {}

  static void write(BytesOut out, long[] values, @Nullable Bits nulls) {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    if (nulls == null) {
      for (long value : values) {
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
    } else {
      for (int i = 0; i < values.length; i++) {
        if (!nulls.get(i)) {
          min = Math.min(min, values[i]);
          max = Math.max(max, values[i]);
        }
      }
    }
    if (min > max) {
      min = 0;
      max = 0;
    }
    long[] filled = nulls == null ? values : filled(values, nulls, min);
    if (width(max - min) == 8 && max - min > 0) {
      for (int unit = 1; unit < UNITS.length; unit++) {
        int width = width((max - min) / UNITS[unit]);
        long[] divided = width == 8 ? null : divided(filled, min, UNITS[unit]);
        if (divided != null) {
          out.put(width | unit << 4);
          out.signed(min);
          write(out, divided, 0, width);
          return;
        }
      }
    }
    int width = width(max - min);
    out.put(width);
    out.signed(width == 8 ? 0 : min);
    write(out, filled, min, width);
  }

  /**
   * The distances in this unit, all below 2^32; Java's null if something is left over. Products and
   * not quotients, which are several times slower: an exact quotient that small is found by
   * rounding, and any other fails the test.
   */
  private static long @Nullable [] divided(long[] values, long min, long unit) {
    double inverse = 1.0 / unit;
    long[] out = new long[values.length];
    for (int i = 0; i < out.length; i++) {
      long distance = values[i] - min;
      long quotient = (long) (distance * inverse + 0.5);
      if (quotient * unit != distance) {
        return null;
      }
      out[i] = quotient;
    }
    return out;
  }

  private static long[] filled(long[] values, Bits nulls, long min) {
    long[] out = values.clone();
    for (int row : nulls.positions()) {
      out[row] = min;
    }
    return out;
  }

  private static int width(long range) {
    int bits = 64 - Long.numberOfLeadingZeros(range);
    return bits == 0 ? 0 : bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 32 ? 4 : 8;
  }

  private static void write(BytesOut out, long[] values, long min, int width) {
    if (width == 8) {
      out.raw(values);
      return;
    }
    int at = out.grow((long) width * values.length);
    byte[] to = out.array();
    switch (width) {
      case 1 -> {
        for (int i = 0; i < values.length; i++) {
          to[at + i] = (byte) (values[i] - min);
        }
      }
      case 2 -> {
        for (int i = 0; i < values.length; i++) {
          BytesOut.SHORT.set(to, at + 2 * i, (short) (values[i] - min));
        }
      }
      case 4 -> {
        for (int i = 0; i < values.length; i++) {
          BytesOut.INT.set(to, at + 4 * i, (int) (values[i] - min));
        }
      }
      default -> {}
    }
  }

  static long[] readLongs(BytesIn in, int count, @Nullable Bits nulls) {
    int code = in.one();
    int width = code & 15;
    if (code >>> 4 >= UNITS.length) {
      throw in.wrong("no unit " + (code >>> 4));
    }
    long unit = UNITS[code >>> 4];
    long min = in.signed();
    if (width == 8) {
      long[] out = in.longs(count);
      return unit == 1 && min == 0 ? zeroed(out, nulls) : zeroed(scaled(out, min, unit), nulls);
    }
    int at = in.take((long) width * count);
    byte[] from = in.array();
    long[] out = new long[count];
    switch (width) {
      case 0 -> {}
      case 1 -> {
        for (int i = 0; i < count; i++) {
          out[i] = from[at + i] & 0xff;
        }
      }
      case 2 -> {
        for (int i = 0; i < count; i++) {
          out[i] = (short) BytesOut.SHORT.get(from, at + 2 * i) & 0xffff;
        }
      }
      case 4 -> {
        for (int i = 0; i < count; i++) {
          out[i] = (int) BytesOut.INT.get(from, at + 4 * i) & 0xffffffffL;
        }
      }
      default -> throw in.wrong("no width of " + width + " bytes");
    }
    return zeroed(min == 0 && unit == 1 ? out : scaled(out, min, unit), nulls);
  }

  private static long[] scaled(long[] values, long min, long unit) {
    if (unit == 1) {
      for (int i = 0; i < values.length; i++) {
        values[i] += min;
      }
    } else {
      for (int i = 0; i < values.length; i++) {
        values[i] = values[i] * unit + min;
      }
    }
    return values;
  }

  private static long[] zeroed(long[] values, @Nullable Bits nulls) {
    if (nulls != null) {
      for (int row : nulls.positions()) {
        values[row] = 0;
      }
    }
    return values;
  }

  static void write(BytesOut out, int[] values, @Nullable Bits nulls) {
    int min = Integer.MAX_VALUE;
    int max = Integer.MIN_VALUE;
    if (nulls == null) {
      for (int value : values) {
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
    } else {
      for (int i = 0; i < values.length; i++) {
        if (!nulls.get(i)) {
          min = Math.min(min, values[i]);
          max = Math.max(max, values[i]);
        }
      }
    }
    if (min > max) {
      min = 0;
      max = 0;
    }
    int[] filled = values;
    if (nulls != null) {
      filled = values.clone();
      for (int row : nulls.positions()) {
        filled[row] = min;
      }
    }
    int width = width((long) max - min);
    out.put(width);
    out.signed(width == 4 ? 0 : min);
    if (width == 4) {
      out.raw(filled);
      return;
    }
    int at = out.grow((long) width * filled.length);
    byte[] to = out.array();
    if (width == 1) {
      for (int i = 0; i < filled.length; i++) {
        to[at + i] = (byte) (filled[i] - min);
      }
    } else if (width == 2) {
      for (int i = 0; i < filled.length; i++) {
        BytesOut.SHORT.set(to, at + 2 * i, (short) (filled[i] - min));
      }
    }
  }

  static int[] readInts(BytesIn in, int count, @Nullable Bits nulls) {
    int width = in.one();
    int min = (int) in.signed();
    int[] out;
    if (width == 4) {
      out = in.ints(count);
    } else {
      int at = in.take((long) width * count);
      byte[] from = in.array();
      out = new int[count];
      switch (width) {
        case 0 -> Arrays.fill(out, min);
        case 1 -> {
          for (int i = 0; i < count; i++) {
            out[i] = (from[at + i] & 0xff) + min;
          }
        }
        case 2 -> {
          for (int i = 0; i < count; i++) {
            out[i] = ((short) BytesOut.SHORT.get(from, at + 2 * i) & 0xffff) + min;
          }
        }
        default -> throw in.wrong("no width of " + width + " bytes");
      }
    }
    if (nulls != null) {
      for (int row : nulls.positions()) {
        out[row] = 0;
      }
    }
    return out;
  }
}
