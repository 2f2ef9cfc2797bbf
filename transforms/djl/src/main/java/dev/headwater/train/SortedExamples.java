package dev.headwater.train;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;

/**
 * The rows of a training, or of its holdout, in the order of their hashes: a scratch file for each
 * input with 8 bytes a row, and the labels in memory.
 */
final class SortedExamples implements AutoCloseable {
  private static final int BUFFER_ROWS = 1 << 13;

  private final FileChannel[] columns;
  private final ByteBuffer[] buffers;
  private byte[] labels = new byte[1 << 16];
  private int rows;

  SortedExamples(Path folder, String part, int inputs) throws IOException {
    this.columns = new FileChannel[inputs];
    this.buffers = new ByteBuffer[inputs];
    for (int i = 0; i < inputs; i++) {
      columns[i] =
          FileChannel.open(
              folder.resolve(part + "." + i),
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      buffers[i] = ByteBuffer.allocateDirect(8 * BUFFER_ROWS);
    }
  }

  /** Adds a row from a record's values. */
  void add(byte[] bytes, int at, boolean label) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    for (int i = 0; i < columns.length; i++) {
      if (!buffers[i].hasRemaining()) {
        flush(i);
      }
      buffers[i].putLong(in.getLong(at + 8 * i));
    }
    if (rows == labels.length) {
      labels = Arrays.copyOf(labels, Math.addExact(rows, rows / 2));
    }
    labels[rows++] = (byte) (label ? 1 : 0);
  }

  void finish() throws IOException {
    for (int i = 0; i < columns.length; i++) {
      flush(i);
    }
    labels = Arrays.copyOf(labels, rows);
  }

  private void flush(int i) throws IOException {
    buffers[i].flip();
    while (buffers[i].hasRemaining()) {
      columns[i].write(buffers[i]);
    }
    buffers[i].clear();
  }

  int rows() {
    return rows;
  }

  /** One a row: 1 where the label is true. */
  byte[] labels() {
    return labels;
  }

  /** Both classes are there, or this fails. */
  void checkClasses(String part, String label) {
    int positives = 0;
    for (byte one : labels) {
      positives += one;
    }
    if (rows == 0 || positives == 0 || positives == rows) {
      throw new HeadwaterException(
          Kind.DATA,
          "Cannot train: "
              + (rows == 0
                  ? "there are no rows with a label to " + part + "."
                  : "the label "
                      + label
                      + " is "
                      + (positives > 0)
                      + " in all "
                      + rows
                      + " rows to "
                      + part
                      + "."),
          "check the label and the dates of the split; both true and false must occur before"
              + " train_until, and between it and holdout_until.");
    }
  }

  /** The 8 bytes of each of these rows of one input. */
  long[] bits(int input, int from, int n) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8 * n);
    while (bytes.hasRemaining()) {
      if (columns[input].read(bytes, 8L * from + bytes.position()) < 0) {
        throw new IOException("a scratch file of training rows ends early");
      }
    }
    long[] out = new long[n];
    bytes.flip().asLongBuffer().get(out);
    return out;
  }

  @Override
  public void close() throws IOException {
    for (FileChannel column : List.of(columns)) {
      column.close();
    }
  }
}
