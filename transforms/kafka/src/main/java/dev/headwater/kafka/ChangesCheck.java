package dev.headwater.kafka;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatches;
import dev.headwater.table.Origin;
import dev.headwater.table.RowCheck;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * A check of the rows that come, not of those that go: of these only the key is known. All stay in
 * the order of their records. One thread.
 */
final class ChangesCheck implements RowCheck {
  private final RowCheck by;
  private final @Nullable RowCheck going;
  private final String[] columns;

  private ChangesCheck(RowCheck by, @Nullable RowCheck going, Schema own) {
    this.by = by;
    this.going = going;
    this.columns = own.columns().stream().map(Types.NestedField::name).toArray(String[]::new);
  }

  /** As the other one, where no rows go. */
  static RowCheck.Factory of(RowCheck.Factory by) {
    return of(by, null);
  }

  /**
   * As above.
   *
   * @param going of those that go; null: none of them is a letter
   */
  static RowCheck.Factory of(RowCheck.Factory by, RowCheck.@Nullable Factory going) {
    return schema -> {
      if (schema.asStruct().field(Decoders.GONE) == null) {
        return by.open(schema);
      }
      Schema own = Changes.columns(schema);
      return new ChangesCheck(by.open(own), going == null ? null : going.open(own), own);
    };
  }

  @Override
  public Checked check(RowBatch batch, Origin from) {
    boolean[] gone = ((BooleanColumn) batch.column(Decoders.GONE)).values();
    long[] words = new long[Bits.words(batch.size())];
    for (int row = 0; row < batch.size(); row++) {
      words[row >>> 6] |= gone[row] ? 0 : 1L << row;
    }
    int[] come = Bits.of(words, batch.size()).positions();
    RowBatch letters = letters(by, batch, come, from);
    if (going != null && come.length < batch.size()) {
      int[] go = Bits.of(words, batch.size()).not().positions();
      RowBatch more = letters(going, batch, go, from);
      letters =
          letters == null || more == null
              ? (letters == null ? more : letters)
              : RowBatches.concat(List.of(letters, more));
    }
    return letters == null
        ? new Checked(batch, null)
        : new Checked(batch.filter(without(letters, batch.size(), from)), letters);
  }

  private @Nullable RowBatch letters(RowCheck of, RowBatch batch, int[] rows, Origin from) {
    return of.check(batch.gather(rows).select(columns), from.of(rows)).letters();
  }

  /** The rows of a batch that are no letters. */
  private static Bits without(RowBatch letters, int size, Origin from) {
    Set<Long> bad = new HashSet<>();
    for (long position : ((LongColumn) letters.column("position")).values()) {
      bad.add(position);
    }
    long[] words = new long[Bits.words(size)];
    for (int row = 0; row < size; row++) {
      words[row >>> 6] |= bad.contains(from.position(row)) ? 0 : 1L << row;
    }
    return Bits.of(words, size);
  }
}
