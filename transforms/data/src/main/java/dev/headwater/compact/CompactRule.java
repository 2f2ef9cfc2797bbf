package dev.headwater.compact;

import java.io.Serializable;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.expressions.Expression;
import org.jspecify.annotations.Nullable;

/**
 * What a compaction is to do.
 *
 * @param where only files that may have a matching row; null: all
 * @param order of the rows that are rewritten, within each partition; or unsorted
 * @param all every file, not only those whose size is wrong: the whole partition comes in order
 * @param targetBytes the size of the new files; 0: the table's {@code write.target-file-size-bytes}
 * @param minFiles so few small files of a partition, or fewer, are not worth it: at least so many
 */
public record CompactRule(
    @Nullable Expression where, SortOrder order, boolean all, long targetBytes, int minFiles)
    implements Serializable {
  /** Iceberg's own: rewriting two files each time one came would write the same rows for ever. */
  public static final int MIN_FILES = 5;

  public CompactRule {
    if (targetBytes < 0 || minFiles < 1) {
      throw new IllegalArgumentException("target " + targetBytes + ", at least " + minFiles);
    }
  }

  /** Small files brought together, as the table's properties say. */
  public static CompactRule pack() {
    return new CompactRule(null, SortOrder.unsorted(), false, 0, MIN_FILES);
  }
}
