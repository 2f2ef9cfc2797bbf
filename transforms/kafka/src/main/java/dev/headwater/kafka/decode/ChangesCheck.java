package dev.headwater.kafka.decode;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.table.RowCheck;
import dev.headwater.validate.GoingCheck;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** Checks of the rows that come, not of those that go by {@link Decoders#GONE}. */
public final class ChangesCheck {
  private ChangesCheck() {}

  /** As the other one, where no rows go. */
  public static RowCheck.Factory of(RowCheck.Factory by) {
    return of(by, null);
  }

  /**
   * As above.
   *
   * @param going of those that go; null: none of them is a letter
   */
  public static RowCheck.Factory of(RowCheck.Factory by, RowCheck.@Nullable Factory going) {
    return schema -> {
      if (schema.asStruct().field(Decoders.GONE) == null) {
        return by.open(schema);
      }
      Schema own = Changes.columns(schema);
      RowCheck leaving = going == null ? null : going.open(own);
      return new GoingCheck(by.open(own), leaving, ChangesCheck::gone, own);
    };
  }

  private static Bits gone(RowBatch batch) {
    boolean[] gone = ((BooleanColumn) batch.column(Decoders.GONE)).values();
    long[] words = new long[Bits.words(gone.length)];
    for (int row = 0; row < gone.length; row++) {
      words[row >>> 6] |= gone[row] ? 1L << row : 0;
    }
    return Bits.of(words, gone.length);
  }
}
