package dev.headwater.columns;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A batch as bytes: versioned, with its schema, self-delimiting, little-endian; equal batches have
 * equal bytes.
 */
@SuppressWarnings("DoNotCallSuggester") // until the form stands
public final class RowBatchBytes {
  private RowBatchBytes() {}

  public static byte[] encode(RowBatch batch) {
    throw new UnsupportedOperationException("a batch of " + batch.size() + " rows as bytes");
  }

  /**
   * The batch that these bytes, all of them, say.
   *
   * @throws IllegalArgumentException if they don't say one: what is wrong, and at which byte
   */
  public static RowBatch decode(byte[] bytes) {
    throw new UnsupportedOperationException("a batch from " + bytes.length + " bytes");
  }

  /** Writes the batch; several may follow each other. */
  public static void write(RowBatch batch, OutputStream out) throws IOException {
    out.write(encode(batch));
  }

  /**
   * Reads one batch and not a byte more.
   *
   * @throws java.io.EOFException if the stream ends within the batch
   * @throws IOException if the bytes don't say a batch
   */
  public static RowBatch read(InputStream in) throws IOException {
    return decode(in.readAllBytes());
  }
}
