package dev.headwater.kafka;

import dev.headwater.rows.RowBatchCoder;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.util.common.ElementByteSizeObserver;
import org.apache.beam.sdk.values.TypeDescriptor;

/** The coder of raw batches: a version, the numbers, the rows. It has no fields. */
final class RawBatchCoder extends CustomCoder<RawBatch> {
  private static final long serialVersionUID = 1;
  private static final int VERSION = 1;

  @Override
  public void encode(RawBatch batch, OutputStream to) throws IOException {
    DataOutputStream out = new DataOutputStream(to);
    out.writeByte(VERSION);
    out.writeUTF(batch.topicId());
    out.writeInt(batch.partition());
    out.writeLong(batch.from());
    out.writeLong(batch.next());
    out.writeBoolean(batch.first());
    out.writeInt(batch.late());
    out.flush();
    RowBatchCoder.of().encode(batch.rows(), to);
  }

  @Override
  public RawBatch decode(InputStream from) throws IOException {
    DataInputStream in = new DataInputStream(from);
    int version = in.readByte();
    if (version != VERSION) {
      throw new CoderException("a batch of records of version " + version);
    }
    return new RawBatch(
        in.readUTF(),
        in.readInt(),
        in.readLong(),
        in.readLong(),
        in.readBoolean(),
        in.readInt(),
        RowBatchCoder.of().decode(from));
  }

  @Override
  public void verifyDeterministic() {}

  @Override
  public boolean isRegisterByteSizeObserverCheap(RawBatch batch) {
    return true;
  }

  /** About the size. */
  @Override
  public void registerByteSizeObserver(RawBatch batch, ElementByteSizeObserver observer) {
    observer.update(batch.rows().bytes());
  }

  @Override
  public TypeDescriptor<RawBatch> getEncodedTypeDescriptor() {
    return TypeDescriptor.of(RawBatch.class);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof RawBatchCoder;
  }

  @Override
  public int hashCode() {
    return RawBatchCoder.class.hashCode();
  }
}
