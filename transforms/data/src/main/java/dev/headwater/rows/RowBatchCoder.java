package dev.headwater.rows;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBytes;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.util.common.ElementByteSizeObserver;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * The coder of batches: {@link RowBatchBytes}, which say their version and schema themselves, so
 * the coder has no fields and any two are equal.
 */
public final class RowBatchCoder extends CustomCoder<RowBatch> {
  private static final long serialVersionUID = 1;
  private static final RowBatchCoder INSTANCE = new RowBatchCoder();

  private RowBatchCoder() {}

  public static RowBatchCoder of() {
    return INSTANCE;
  }

  @Override
  public void encode(RowBatch batch, OutputStream out) throws IOException {
    RowBatchBytes.write(batch, out);
  }

  @Override
  public RowBatch decode(InputStream in) throws IOException {
    try {
      return RowBatchBytes.read(in);
    } catch (EOFException e) {
      throw e;
    } catch (IOException e) {
      throw new CoderException(e.getMessage(), e);
    }
  }

  /** Equal batches have equal bytes. */
  @Override
  public void verifyDeterministic() {}

  /** Batches that differ only in how a dictionary is laid out have equal bytes, and may differ. */
  @Override
  public boolean consistentWithEquals() {
    return false;
  }

  @Override
  public boolean isRegisterByteSizeObserverCheap(RowBatch batch) {
    return true;
  }

  /** About the size: exact would mean to encode every batch twice. */
  @Override
  public void registerByteSizeObserver(RowBatch batch, ElementByteSizeObserver observer) {
    observer.update(batch.bytes());
  }

  @Override
  public TypeDescriptor<RowBatch> getEncodedTypeDescriptor() {
    return TypeDescriptor.of(RowBatch.class);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof RowBatchCoder;
  }

  @Override
  public int hashCode() {
    return RowBatchCoder.class.hashCode();
  }

  private Object readResolve() {
    return INSTANCE;
  }
}
