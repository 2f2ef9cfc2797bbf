package dev.headwater.files;

import dev.headwater.columns.RowBatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of a file, in its order.
 *
 * @param rows those that could be decoded, perhaps none
 * @param first where the first of them is, and the others follow one by one, unless:
 * @param each where each of them begins, in bytes of the unpacked file
 * @param bad the others
 * @param texts what all of them were; null in a file that is no text
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Decoded(
    RowBatch rows, long first, long @Nullable [] each, List<BadRow> bad, @Nullable RowTexts texts) {
  /** Rows of a file without text, all good: their positions are their numbers. */
  public static Decoded of(RowBatch rows, long first) {
    return new Decoded(rows, first, null, List.of(), null);
  }

  static Decoded of(RowBatch rows, long[] each, List<BadRow> bad, RowTexts texts) {
    return new Decoded(rows, each.length == 0 ? 0 : each[0], each, bad, texts);
  }

  /** Where a row of {@link #rows} is in the file. */
  public long position(int row) {
    return each == null ? first + row : each[row];
  }

  /** How many rows of the file these are. */
  public long count() {
    return (long) rows.size() + bad.size();
  }
}
