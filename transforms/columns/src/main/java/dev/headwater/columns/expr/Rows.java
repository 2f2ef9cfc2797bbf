package dev.headwater.columns.expr;

import dev.headwater.columns.Column;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The rows that an expression is evaluated for, by the position of columns in its schema. */
final class Rows {
  private final int size;
  private final @Nullable Column[] columns;
  private final @Nullable Rows from;
  private final int[] positions;

  private Rows(int size, @Nullable Column[] columns, @Nullable Rows from, int[] positions) {
    this.size = size;
    this.columns = columns;
    this.from = from;
    this.positions = positions;
  }

  static Rows of(int size, @Nullable Column[] columns) {
    return new Rows(size, columns, null, new int[0]);
  }

  int size() {
    return size;
  }

  Column column(int i) {
    Column column = columns[i];
    if (column == null) {
      if (from == null) {
        throw new IllegalStateException("column " + i + " is read but was not bound");
      }
      column = from.column(i).gather(positions);
      columns[i] = column;
    }
    return column;
  }

  /** The rows at these positions; columns are gathered when they are read. */
  Rows gather(int[] rows) {
    return new Rows(rows.length, new @Nullable Column[columns.length], this, rows);
  }

  /** Other rows, of which only this column is known. */
  Rows only(int i, Column column) {
    @Nullable Column[] one = new @Nullable Column[columns.length];
    one[i] = column;
    return of(column.size(), one);
  }

  /** The same rows with this column in another form. */
  Rows with(int i, Column column) {
    @Nullable Column[] copy = Arrays.copyOf(columns, columns.length);
    copy[i] = column;
    return new Rows(size, copy, from, positions);
  }
}
