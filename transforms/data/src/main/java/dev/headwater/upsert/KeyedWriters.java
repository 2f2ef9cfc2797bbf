package dev.headwater.upsert;

import dev.headwater.table.BatchSink;
import dev.headwater.table.FittingTable;
import org.jspecify.annotations.Nullable;

/** Writers of one worker's bundles, one after the other, and so are the places of their rows. */
final class KeyedWriters implements BatchSink.Factory<Keyed> {
  private static final long serialVersionUID = 1;

  /** So many rows a millisecond have places of their own before the clock's next one. */
  private static final int ROWS_BITS = 20;

  private final UpsertStream how;
  private final FittingTable into;
  private transient @Nullable KeyedWriter last;

  KeyedWriters(UpsertStream how) {
    this.how = how;
    this.into = how.fitting();
  }

  @Override
  public BatchSink<Keyed> open() {
    long now = System.currentTimeMillis() << ROWS_BITS;
    long place = last == null ? now : Math.max(last.place(), now);
    last = how.writer(into, place);
    return last;
  }
}
