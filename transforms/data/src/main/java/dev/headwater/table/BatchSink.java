package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;

/**
 * Where the batches of one group of splits (or one shard) end: fed batch by batch, then finished
 * into what travels on through Beam (written files, references to runs, counts). One thread.
 *
 * @param <T> what it is finished into
 */
public interface BatchSink<T> extends AutoCloseable {
  void accept(RowBatch batch) throws IOException;

  /** Ends the work well; called at most once, after the last batch. */
  List<T> finish() throws IOException;

  /** Frees what is held; without a {@link #finish} before, what was written so far is an orphan. */
  @Override
  void close() throws IOException;

  /** Opens a sink on a worker, one for each group. */
  interface Factory<T> extends Serializable {
    BatchSink<T> open() throws IOException;
  }
}
