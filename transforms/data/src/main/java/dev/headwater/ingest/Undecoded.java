package dev.headwater.ingest;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.RowBatch;
import dev.headwater.files.BadRow;
import dev.headwater.files.BadRows;
import dev.headwater.files.Decoded;
import dev.headwater.files.RowTexts;
import org.jspecify.annotations.Nullable;

/** Rows of files that could not be decoded, as letters. */
final class Undecoded {
  private Undecoded() {}

  /**
   * The letters; null where all rows were decoded.
   *
   * @param by makes them; null where there is no table for them
   * @throws HeadwaterException DATA if there are such rows, and no table for them
   */
  static @Nullable RowBatch letters(@Nullable BadRows by, Decoded decoded, String source) {
    if (decoded.bad().isEmpty()) {
      return null;
    }
    RowTexts texts = decoded.texts();
    if (by == null || texts == null) {
      BadRow row = decoded.bad().get(0);
      throw new HeadwaterException(
          Kind.DATA,
          "Cannot read "
              + source
              + ": the row at byte "
              + row.position()
              + ": "
              + row.reason()
              + ".",
          "mend the row, or give it a table for its letters.");
    }
    return by.letters(source, texts, decoded.bad());
  }
}
