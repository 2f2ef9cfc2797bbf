package dev.headwater.sort;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBytes;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Writes sorted runs, one after the other, into one file of a scratch location. */
public final class RunWriter implements AutoCloseable {
  /** A reader holds one frame of each run that it merges. */
  private static final long FRAME_BYTES = 128 << 10;

  private final Spill spill;
  private final int stream;
  private final String path;
  private final List<RunRef> runs = new ArrayList<>();
  private final DataOutputStream out;
  private long written;
  private long begin;
  private long rows;
  private int shard = -1;

  /** Begins a file of runs of this stream. */
  public RunWriter(Spill spill, int stream) throws IOException {
    this.spill = spill;
    this.stream = stream;
    this.path = spill.newFile();
    this.out = new DataOutputStream(spill.create(path));
  }

  /** Appends sorted rows to the shard's run; the next shard's first rows end it. */
  public void write(int toShard, RowBatch sorted) throws IOException {
    if (toShard != shard) {
      endRun();
      shard = toShard;
    }
    int frame =
        (int)
            Math.max(
                1,
                Math.min(
                    RowBatch.MAX_ROWS, FRAME_BYTES * sorted.size() / Math.max(1, sorted.bytes())));
    for (int from = 0; from < sorted.size(); from += frame) {
      int to = Math.min(sorted.size(), from + frame);
      byte[] bytes = RowBatchBytes.encode(sorted.slice(from, to));
      out.writeInt(bytes.length);
      out.write(bytes);
      written += 4L + bytes.length;
      rows += to - from;
    }
  }

  /** Ends the file: its runs. */
  public List<RunRef> finish() throws IOException {
    endRun();
    out.close();
    return runs;
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw spill.failed(e);
    }
  }

  private void endRun() {
    if (rows > 0) {
      runs.add(new RunRef(path, stream, shard, begin, written - begin, rows));
    }
    begin = written;
    rows = 0;
  }
}
