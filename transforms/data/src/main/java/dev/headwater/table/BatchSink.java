package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import java.io.IOException;

/**
 * Where the batches of one group of splits (or one shard) end: fed batch by batch, then finished
 * into what travels on through Beam (written files, references to runs, counts). One thread.
 *
 * @param <T> what it is finished into
 */
public interface BatchSink<T> extends Sink<RowBatch, T> {
  /** Opens a sink on a worker, one for each group. */
  interface Factory<T> extends Sink.Factory<RowBatch, T> {
    @Override
    BatchSink<T> open() throws IOException;
  }
}
