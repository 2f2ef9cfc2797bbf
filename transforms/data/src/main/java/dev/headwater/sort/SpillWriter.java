package dev.headwater.sort;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatches;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Rows on their way to shards: gathered up to a number of bytes, sorted by shard and order, and
 * written to the scratch location as one file with a run for each shard. One thread; memory is
 * about three times the buffer, whatever the number of shards.
 */
public final class SpillWriter implements AutoCloseable {
  /** Rows that are put in order at a time. */
  private static final int PIECE = 1 << 15;

  private final Spill spill;
  private final int stream;
  private final RunOrder order;
  private final long bufferBytes;
  private final UnaryOperator<RowBatch> combine;
  private final List<RowBatch> buffer = new ArrayList<>();
  private final List<int[]> shards = new ArrayList<>();
  private final List<RunRef> runs = new ArrayList<>();
  private long bytes;
  private long maxRows;

  /**
   * A writer of one of the streams that meet in the shards.
   *
   * @param combine may make fewer rows of sorted ones; all rows it is given are of one shard
   */
  public SpillWriter(
      Spill spill, int stream, RunOrder order, long bufferBytes, UnaryOperator<RowBatch> combine) {
    this.spill = spill;
    this.stream = stream;
    this.order = order;
    this.bufferBytes = bufferBytes;
    this.combine = combine;
  }

  /** Takes the rows; row i goes to shard {@code to[i]}. */
  public void accept(RowBatch batch, int[] to) {
    if (to.length != batch.size()) {
      throw new IllegalArgumentException(to.length + " shards for " + batch.size() + " rows");
    }
    if (batch.size() == 0) {
      return;
    }
    buffer.add(batch);
    shards.add(to);
    bytes += batch.bytes() + 4L * to.length;
    maxRows += to.length;
    if (bytes >= bufferBytes || maxRows > Integer.MAX_VALUE / 2) {
      flush();
    }
  }

  /** The runs of all rows. */
  public List<RunRef> finish() {
    flush();
    return List.copyOf(runs);
  }

  @Override
  public void close() {
    buffer.clear();
  }

  private void flush() {
    if (buffer.isEmpty()) {
      return;
    }
    RowBatch all = RowBatches.concat(buffer);
    int[] to = new int[all.size()];
    int at = 0;
    for (int[] part : shards) {
      System.arraycopy(part, 0, to, at, part.length);
      at += part.length;
    }
    buffer.clear();
    shards.clear();
    bytes = 0;
    maxRows = 0;
    int[] rows = order.sort(all, to);
    try (RunWriter out = new RunWriter(spill, stream)) {
      for (int from = 0; from < rows.length; ) {
        int shard = to[rows[from]];
        int end = from;
        while (end < rows.length && end - from < PIECE && to[rows[end]] == shard) {
          end++;
        }
        out.write(shard, combine.apply(all.gather(Arrays.copyOfRange(rows, from, end))));
        from = end;
      }
      runs.addAll(out.finish());
    } catch (IOException e) {
      throw spill.failed(e);
    }
  }
}
