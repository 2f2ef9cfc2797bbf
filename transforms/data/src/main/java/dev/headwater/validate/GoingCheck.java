package dev.headwater.validate;

import dev.headwater.columns.Bits;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatches;
import dev.headwater.table.Origin;
import dev.headwater.table.RowCheck;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * A check of the rows that come, and another one of those that only remove the row with their key:
 * of these nothing else is known. All stay in the order in which they are. One thread.
 */
public final class GoingCheck implements RowCheck {
  private final RowCheck coming;
  private final @Nullable RowCheck going;
  private final Function<RowBatch, Bits> goes;
  private final String[] columns;

  /**
   * Both.
   *
   * @param going null: none of them is a letter
   * @param goes the rows that only remove
   * @param own the columns that the checks look at
   */
  public GoingCheck(
      RowCheck coming, @Nullable RowCheck going, Function<RowBatch, Bits> goes, Schema own) {
    this.coming = coming;
    this.going = going;
    this.goes = goes;
    this.columns = own.columns().stream().map(Types.NestedField::name).toArray(String[]::new);
  }

  @Override
  public Checked check(RowBatch batch, Origin from) {
    Bits those = goes.apply(batch);
    int[] come = those.not().positions();
    RowBatch letters = letters(coming, batch, come, from);
    if (going != null && come.length < batch.size()) {
      RowBatch more = letters(going, batch, those.positions(), from);
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
