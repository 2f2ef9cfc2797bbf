package dev.headwater.kafka.decode;

import dev.headwater.columns.Column;
import dev.headwater.files.BadRow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows out of records, one by one. One thread. */
interface ValueRows extends AutoCloseable {
  /** Not a row, and none of its faults. */
  BadRow FILTERED = new BadRow(0, "filtered", "", null, null, new byte[0], 0);

  /**
   * Takes a record.
   *
   * @return null if it is a row now, {@link #FILTERED} if it is none on purpose; otherwise why not
   */
  @Nullable BadRow add(RawRecord raw);

  /** The columns of the rows since the last batch. */
  List<Column> build();

  @Override
  default void close() {}
}
