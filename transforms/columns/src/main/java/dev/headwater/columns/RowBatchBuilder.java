package dev.headwater.columns;

import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** Builds a batch row by row: for edges where data comes as rows, and for tests. */
public final class RowBatchBuilder {
  private final Schema schema;
  private final ColumnBuilder[] columns;
  private int size;

  public RowBatchBuilder(Schema schema) {
    this.schema = schema;
    this.columns =
        schema.columns().stream()
            .map(field -> ColumnBuilder.of(field.type()))
            .toArray(ColumnBuilder[]::new);
  }

  /** Appends a row: a value for each column, as {@link ColumnBuilder} takes them. */
  public RowBatchBuilder append(@Nullable Object... row) {
    if (row.length != columns.length) {
      throw new IllegalArgumentException(
          row.length + " values for a row of " + columns.length + " columns");
    }
    for (int i = 0; i < row.length; i++) {
      try {
        columns[i].append(row[i]);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "column " + schema.columns().get(i).name() + ", row " + size + ": " + e.getMessage(),
            e);
      }
    }
    size++;
    return this;
  }

  public int size() {
    return size;
  }

  /** At most how many bytes of memory the batch's values will take. */
  public long bytes() {
    long bytes = 0;
    for (ColumnBuilder column : columns) {
      bytes += column.bytes();
    }
    return bytes;
  }

  /** The batch. The builder is spent. */
  public RowBatch build() {
    Column[] built = new Column[columns.length];
    for (int i = 0; i < built.length; i++) {
      built[i] = columns[i].build();
    }
    return RowBatch.of(schema, size, built);
  }
}
