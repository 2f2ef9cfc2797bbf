package dev.headwater.parquet;

import dev.headwater.columns.Bits;
import org.jspecify.annotations.Nullable;

/** Which rows of a file are read, by their positions. */
@FunctionalInterface
public interface RowSelection {
  RowSelection ALL = (from, rows) -> null;

  /** Which of {@code rows} rows from a position on are read; null if all of them. */
  @Nullable Bits of(long from, int rows);
}
