package dev.headwater.kafka.decode;

import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.ColumnBuilder;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatches;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Rows that come and rows that go, gathered in several places, in the order of their records. */
final class Changes {
  private int[] places = new int[64];
  private int[] rows = new int[64];
  private boolean[] gone = new boolean[64];
  private @Nullable ColumnBuilder positions;
  private int size;

  /**
   * None yet.
   *
   * @param positioned whether they say where they stand in their database's log
   */
  Changes(boolean positioned) {
    this.positions = positioned ? texts() : null;
  }

  private static ColumnBuilder texts() {
    return ColumnBuilder.of(Types.StringType.get());
  }

  /** The columns of a table, without the one that tells which rows go. */
  static Schema columns(Schema own) {
    return new Schema(own.columns().stream().filter(f -> !f.name().equals(Decoders.GONE)).toList());
  }

  /** The same without the position, which the rows do not have themselves. */
  static Schema columns(Schema own, @Nullable String position) {
    return new Schema(
        columns(own).columns().stream().filter(f -> !f.name().equals(position)).toList());
  }

  /** The same, none of which needs a value: of a row that goes only the key counts. */
  static Schema optional(Schema columns) {
    return new Schema(columns.columns().stream().map(NestedField::asOptional).toList());
  }

  /** The next row is this one of that place. */
  void add(int place, int row, boolean isGone, @Nullable String position) {
    if (positions != null) {
      positions.append(position);
    }
    if (size == rows.length) {
      places = Arrays.copyOf(places, 2 * size);
      rows = Arrays.copyOf(rows, 2 * size);
      gone = Arrays.copyOf(gone, 2 * size);
    }
    places[size] = place;
    rows[size] = row;
    gone[size++] = isGone;
  }

  /** All columns, the positions, and which rows go; the next batch begins. */
  List<Column> build(List<RowBatch> all) {
    int[] firsts = new int[all.size()];
    for (int i = 1; i < firsts.length; i++) {
      firsts[i] = firsts[i - 1] + all.get(i - 1).size();
    }
    int[] at = new int[size];
    for (int i = 0; i < size; i++) {
      at[i] = firsts[places[i]] + rows[i];
    }
    List<Column> out = new ArrayList<>(RowBatches.concat(all).gather(at).columns());
    if (positions != null) {
      out.add(positions.build());
      positions = texts();
    }
    out.add(BooleanColumn.of(Arrays.copyOf(gone, size), null));
    size = 0;
    return out;
  }
}
