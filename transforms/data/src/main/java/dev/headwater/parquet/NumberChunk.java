package dev.headwater.parquet;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.DecimalColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.FloatColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.LongInterner;
import java.util.Arrays;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/** Numbers of 32 or 64 bits: integers, times, small decimals, floating point numbers by bits. */
final class NumberChunk extends ChunkWriter {
  private final PrimitiveTypeName kind;
  private final int width;
  private int[] codes = new int[0];
  private int codeCount;
  private LongInterner dictionary = new LongInterner();
  private ByteSink plain = new ByteSink();
  private final Scratch scratch;

  private boolean any;
  private long least;
  private long greatest;
  private double leastDouble = Double.POSITIVE_INFINITY;
  private double greatestDouble = Double.NEGATIVE_INFINITY;
  private int nans;
  private final Floats floats = new Floats();

  /** What Iceberg wants to know of floating point columns, over the whole file. */
  static final class Floats {
    long values;
    long nulls;
    long nans;
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
  }

  /** An array that the chunks of a file use one after the other. */
  static final class Scratch {
    private long[] longs = new long[0];

    long[] longs(int n) {
      if (longs.length < n) {
        longs = new long[n];
      }
      return longs;
    }
  }

  NumberChunk(
      ColumnDescriptor column,
      PageLimits limits,
      BytesInputCompressor compressor,
      Scratch scratch) {
    super(column, limits, compressor);
    this.kind = type().getPrimitiveTypeName();
    this.width = kind == PrimitiveTypeName.INT32 || kind == PrimitiveTypeName.FLOAT ? 4 : 8;
    this.scratch = scratch;
  }

  Floats floats() {
    return floats;
  }

  /** The rows that are not null, as bits, at the beginning of {@code scratch}. */
  private int collect(Column in, int from, int to) {
    int n = to - from;
    long[] out = scratch.longs(n);
    if (in instanceof LongColumn c) {
      System.arraycopy(c.values(), from, out, 0, n);
    } else if (in instanceof IntColumn c) {
      for (int i = 0; i < n; i++) {
        out[i] = c.values()[from + i];
      }
    } else if (in instanceof DecimalColumn c) {
      System.arraycopy(c.low(), from, out, 0, n);
    } else if (in instanceof DoubleColumn c) {
      for (int i = 0; i < n; i++) {
        out[i] = Double.doubleToRawLongBits(c.values()[from + i]);
      }
    } else if (in instanceof FloatColumn c) {
      for (int i = 0; i < n; i++) {
        out[i] = Float.floatToRawIntBits(c.values()[from + i]);
      }
    } else {
      throw new IllegalArgumentException(in.getClass().getSimpleName() + " for " + type());
    }
    Bits nulls = in.nulls();
    if (nulls != null) {
      n = 0;
      for (int i = from; i < to; i++) {
        if (!nulls.get(i)) {
          out[n++] = out[i - from];
        }
      }
    }
    observe(out, n, to - from - n);
    return n;
  }

  private void observe(long[] bits, int n, int isNull) {
    if (kind == PrimitiveTypeName.FLOAT || kind == PrimitiveTypeName.DOUBLE) {
      floats.values += n + isNull;
      floats.nulls += isNull;
      double low = leastDouble;
      double high = greatestDouble;
      for (int i = 0; i < n; i++) {
        double v =
            kind == PrimitiveTypeName.DOUBLE
                ? Double.longBitsToDouble(bits[i])
                : Float.intBitsToFloat((int) bits[i]);
        if (Double.isNaN(v)) {
          nans++;
        } else {
          low = Math.min(low, v);
          high = Math.max(high, v);
        }
      }
      leastDouble = low;
      greatestDouble = high;
      return;
    }
    if (n == 0) {
      return;
    }
    long low = any ? least : bits[0];
    long high = any ? greatest : bits[0];
    for (int i = 0; i < n; i++) {
      low = Math.min(low, bits[i]);
      high = Math.max(high, bits[i]);
    }
    any = true;
    least = low;
    greatest = high;
  }

  @Override
  int rowsWithin(Column in, int from, int to, int bytes) {
    return Math.max(1, Math.min(to - from, bytes / width));
  }

  @Override
  void encode(Column in, int from, int to) {
    int n = collect(in, from, to);
    long[] bits = scratch.longs(n);
    if (codeCount + n > codes.length) {
      codes = Arrays.copyOf(codes, room(codeCount + n));
    }
    for (int i = 0; i < n; i++) {
      codes[codeCount++] = dictionary.intern(bits[i]);
    }
  }

  @Override
  void appendPlain(Column in, int from, int to) {
    int n = collect(in, from, to);
    long[] bits = scratch.longs(n);
    for (int i = 0; i < n; i++) {
      plain(plain, bits[i]);
    }
  }

  private void plain(ByteSink out, long bits) {
    if (width == 4) {
      out.writeInt((int) bits);
    } else {
      out.writeLong(bits);
    }
  }

  @Override
  void decodePage() {
    for (int i = 0; i < codeCount; i++) {
      plain(plain, dictionary.value(codes[i]));
    }
  }

  @Override
  int[] codes() {
    return codes;
  }

  @Override
  int codeCount() {
    return codeCount;
  }

  @Override
  int dictionarySize() {
    return dictionary.size();
  }

  @Override
  int dictionaryBytes() {
    return width * dictionary.size();
  }

  @Override
  void writeDictionary(ByteSink out) {
    for (int i = 0; i < dictionary.size(); i++) {
      plain(out, dictionary.value(i));
    }
  }

  @Override
  int plainBytes() {
    return plain.size();
  }

  @Override
  void drainPlain(ByteSink out) {
    out.write(plain);
    plain.clear();
  }

  @Override
  void endStatistics(Statistics<?> into) {
    switch (kind) {
      case INT32 -> {
        if (any) {
          into.updateStats((int) least);
          into.updateStats((int) greatest);
        }
      }
      case INT64 -> {
        if (any) {
          into.updateStats(least);
          into.updateStats(greatest);
        }
      }
      default -> endFloats(into);
    }
    any = false;
    codeCount = 0;
  }

  private void endFloats(Statistics<?> into) {
    // Zero's sign is not told apart by every reader, so the bounds hold both.
    double low = leastDouble == 0 ? -0.0 : leastDouble;
    double high = greatestDouble == 0 ? 0.0 : greatestDouble;
    if (low <= high) {
      update(into, low);
      update(into, high);
    }
    if (nans > 0) {
      // A NaN in the statistics says that they bound nothing.
      update(into, Double.NaN);
    }
    floats.nans += nans;
    floats.least = Math.min(floats.least, leastDouble);
    floats.greatest = Math.max(floats.greatest, greatestDouble);
    nans = 0;
    leastDouble = Double.POSITIVE_INFINITY;
    greatestDouble = Double.NEGATIVE_INFINITY;
  }

  private void update(Statistics<?> into, double value) {
    if (kind == PrimitiveTypeName.FLOAT) {
      into.updateStats((float) value);
    } else {
      into.updateStats(value);
    }
  }

  @Override
  void dropDictionary() {
    dictionary = new LongInterner();
  }

  @Override
  long held() {
    return dictionary.bytes() + plain.room() + 4L * codes.length;
  }

  @Override
  void clear() {
    dropDictionary();
    plain = new ByteSink();
    codes = new int[0];
  }
}
