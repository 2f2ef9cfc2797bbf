package dev.headwater.kafka;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.table.Origin;
import dev.headwater.table.RowCheck;
import java.util.HashSet;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/**
 * A check of the rows that come, not of those that go: of these only the key is known. All stay in
 * the order of their records. One thread.
 */
final class ChangesCheck implements RowCheck {
  private final RowCheck by;
  private final String[] columns;

  private ChangesCheck(RowCheck by, Schema own) {
    this.by = by;
    this.columns = own.columns().stream().map(Types.NestedField::name).toArray(String[]::new);
  }

  /** As the other one, where no rows go. */
  static RowCheck.Factory of(RowCheck.Factory by) {
    return schema -> {
      if (schema.asStruct().field(Decoders.GONE) == null) {
        return by.open(schema);
      }
      Schema own = Changes.columns(schema);
      return new ChangesCheck(by.open(own), own);
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
    RowBatch letters = by.check(batch.gather(come).select(columns), from.of(come)).letters();
    return letters == null
        ? new Checked(batch, null)
        : new Checked(batch.filter(without(letters, batch.size(), from)), letters);
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
