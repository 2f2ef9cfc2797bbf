package dev.headwater.train;

import dev.headwater.model.Encoding;
import dev.headwater.model.Encodings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.List;

/**
 * Rows as floats, row by row in a local scratch file, which stays in the system's page cache and
 * not on the heap; written once, read in every epoch.
 */
final class EncodedRows implements AutoCloseable {
  static final int BLOCK = 4096;

  private final FileChannel file;
  private final int width;
  private final byte[] labels;

  /** Takes the channel of rows that are written. */
  EncodedRows(FileChannel file, int width, byte[] labels) {
    this.file = file;
    this.width = width;
    this.labels = labels;
  }

  static EncodedRows encode(
      Path path, SortedExamples rows, Encodings encodings, List<List<String>> vocabularies)
      throws IOException {
    FileChannel file =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    List<Encoding> each = encodings.each();
    int[][] codes = new int[each.size()][];
    for (int i = 0; i < codes.length; i++) {
      if (each.get(i) instanceof Encoding.Categorical c) {
        codes[i] =
            vocabularies.get(i).stream()
                .mapToInt(v -> Math.max(-1, Collections.binarySearch(c.values(), v)))
                .toArray();
      }
    }
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(BLOCK * encodings.width() * 4).order(ByteOrder.nativeOrder());
    for (int from = 0; from < rows.rows(); from += BLOCK) {
      int n = Math.min(BLOCK, rows.rows() - from);
      double[][] values = new double[each.size()][];
      for (int i = 0; i < values.length; i++) {
        values[i] = values(rows.bits(i, from, n), codes[i]);
      }
      float[] out = encodings.encode(values, n, n);
      bytes.clear();
      bytes.asFloatBuffer().put(out);
      bytes.limit(4 * out.length);
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
    }
    return new EncodedRows(file, encodings.width(), rows.labels());
  }

  private static double[] values(long[] bits, int @org.jspecify.annotations.Nullable [] codes) {
    double[] out = new double[bits.length];
    for (int row = 0; row < out.length; row++) {
      out[row] =
          codes == null
              ? Double.longBitsToDouble(bits[row])
              : bits[row] == ExampleRecord.NO_CATEGORY ? Double.NaN : codes[(int) bits[row]];
    }
    return out;
  }

  int rows() {
    return labels.length;
  }

  int width() {
    return width;
  }

  boolean label(int row) {
    return labels[row] != 0;
  }

  /** Adds rows to a direct buffer in native order. */
  void read(int from, int n, ByteBuffer to) throws IOException {
    int end = to.position() + n * width * 4;
    long at = 4L * width * from;
    to.limit(end);
    while (to.hasRemaining()) {
      int got = file.read(to, at);
      if (got < 0) {
        throw new IOException("a scratch file of encoded rows ends early");
      }
      at += got;
    }
    to.limit(to.capacity());
  }

  /** Rows as floats, into an array that has room for them. */
  void read(int from, int n, float[] to, ByteBuffer between) throws IOException {
    between.clear();
    read(from, n, between);
    FloatBuffer floats = between.flip().order(ByteOrder.nativeOrder()).asFloatBuffer();
    floats.get(to, 0, n * width);
  }

  ByteBuffer buffer(int rows) {
    return ByteBuffer.allocateDirect(rows * width * 4).order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
