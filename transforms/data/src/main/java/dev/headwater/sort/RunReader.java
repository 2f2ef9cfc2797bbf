package dev.headwater.sort;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBytes;
import java.io.DataInputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads one sorted run, batch by batch. One thread. */
public final class RunReader implements AutoCloseable {
  private final Spill spill;
  private final DataInputStream in;
  private long left;

  public RunReader(Spill spill, RunRef run) {
    this.spill = spill;
    this.left = run.length();
    try {
      this.in = new DataInputStream(spill.open(run.path(), run.offset()));
    } catch (IOException e) {
      throw spill.failed(e);
    }
  }

  /** The next batch; Java's null after the last. */
  public @Nullable RowBatch next() {
    if (left <= 0) {
      return null;
    }
    try {
      byte[] bytes = new byte[in.readInt()];
      in.readFully(bytes);
      left -= 4L + bytes.length;
      return RowBatchBytes.decode(bytes);
    } catch (IOException e) {
      throw spill.failed(e);
    }
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw spill.failed(e);
    }
  }
}
