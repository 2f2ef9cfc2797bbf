package dev.headwater.columns;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/**
 * A batch as bytes: versioned, with its schema and a checksum, self-delimiting, little-endian.
 * Equal batches have equal bytes. Of a dictionary only the entries that rows use are written.
 *
 * <p>Version 1: {@code 'H' 'B'}, the version, a zero byte; the length of the whole and the CRC-32C
 * of what follows (32 bits each); the number of rows, the length of the schema and the schema; then
 * column by column its kind, null bitmap and values ({@code ColumnWriter} says how).
 */
public final class RowBatchBytes {
  private static final int VERSION = 1;
  private static final int HEADER = 12;
  private static final int KEPT = 4 << 20;

  /** A stream's writer copies out of this, so that a batch costs no large allocation. */
  private static final ThreadLocal<byte[]> SCRATCH =
      ThreadLocal.withInitial(() -> new byte[1 << 16]);

  private RowBatchBytes() {}

  public static byte[] encode(RowBatch batch) {
    BytesOut out = encode(batch, SCRATCH.get());
    keep(out);
    return Arrays.copyOf(out.array(), out.size());
  }

  /**
   * The batch that these bytes, all of them, say.
   *
   * @throws IllegalArgumentException if they don't say one: what is wrong, and at which byte
   */
  public static RowBatch decode(byte[] bytes) {
    if (bytes.length < HEADER) {
      throw new IllegalArgumentException(
          "not a batch: " + bytes.length + " bytes, fewer than its header has");
    }
    int length = length(bytes);
    if (length != bytes.length) {
      throw new IllegalArgumentException(
          "not a batch: " + bytes.length + " bytes that say they are " + length);
    }
    return body(bytes);
  }

  /** Writes the batch; several may follow each other. */
  public static void write(RowBatch batch, OutputStream out) throws IOException {
    BytesOut bytes = encode(batch, SCRATCH.get());
    keep(bytes);
    out.write(bytes.array(), 0, bytes.size());
  }

  /**
   * Reads one batch and not a byte more.
   *
   * @throws EOFException if the stream ends before or within the batch
   * @throws IOException if the bytes don't say a batch: what is wrong, and at which byte of it
   */
  public static RowBatch read(InputStream in) throws IOException {
    byte[] header = in.readNBytes(HEADER);
    if (header.length < HEADER) {
      throw new EOFException("the stream ends after " + header.length + " bytes of a batch");
    }
    try {
      int length = length(header);
      // In pieces, so that a wrong length ends in an exception and not in a huge array.
      byte[] rest = in.readNBytes(length - HEADER);
      if (rest.length < length - HEADER) {
        throw new EOFException(
            "the stream ends after " + (HEADER + rest.length) + " bytes of a batch of " + length);
      }
      byte[] bytes = new byte[length];
      System.arraycopy(header, 0, bytes, 0, HEADER);
      System.arraycopy(rest, 0, bytes, HEADER, rest.length);
      return body(bytes);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static void keep(BytesOut out) {
    if (out.array().length <= KEPT) {
      SCRATCH.set(out.array());
    }
  }

  private static BytesOut encode(RowBatch batch, byte[] scratch) {
    BytesOut out = new BytesOut(scratch);
    out.put('H');
    out.put('B');
    out.put(VERSION);
    out.put(0);
    out.fixed(0);
    out.fixed(0);
    out.count(batch.size());
    byte[] schema = SchemaBytes.of(batch.schema());
    out.count(schema.length);
    out.raw(schema, schema.length);
    List<Types.NestedField> fields = batch.schema().columns();
    for (int i = 0; i < fields.size(); i++) {
      ColumnWriter.write(out, batch.column(i), fields.get(i).type());
    }
    BytesOut.INT.set(out.array(), 4, out.size());
    BytesOut.INT.set(out.array(), 8, checksum(out.array(), out.size()));
    return out;
  }

  private static int length(byte[] header) {
    if (header[0] != 'H' || header[1] != 'B') {
      throw new IllegalArgumentException("not a batch: it does not begin with HB");
    }
    if (header[2] != VERSION || header[3] != 0) {
      throw new IllegalArgumentException(
          "a batch of version "
              + header[2]
              + "."
              + header[3]
              + ", but only 1.0 is known; it may be from a newer release");
    }
    int length = (int) BytesOut.INT.get(header, 4);
    if (length < HEADER) {
      throw new IllegalArgumentException("not a batch: it says its length is " + length);
    }
    return length;
  }

  private static RowBatch body(byte[] bytes) {
    if ((int) BytesOut.INT.get(bytes, 8) != checksum(bytes, bytes.length)) {
      throw new IllegalArgumentException(
          "not a batch: the checksum of its " + bytes.length + " bytes is wrong");
    }
    BytesIn in = new BytesIn(bytes, HEADER, bytes.length);
    int rows = in.count();
    Schema schema = SchemaBytes.read(in, in.count());
    List<Types.NestedField> fields = schema.columns();
    Column[] columns = new Column[fields.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = ColumnReader.read(in, fields.get(i).type(), rows);
    }
    if (in.at() != bytes.length) {
      throw in.wrong((bytes.length - in.at()) + " bytes follow the last column");
    }
    return RowBatch.of(schema, rows, columns);
  }

  private static int checksum(byte[] bytes, int end) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, HEADER, end - HEADER);
    return (int) crc.getValue();
  }
}
