package dev.headwater.columns;

import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;

/** Several batches as one. */
public final class RowBatches {
  private RowBatches() {}

  /** The rows of all batches, in order; a single batch is returned as it is. */
  public static RowBatch concat(List<RowBatch> batches) {
    if (batches.isEmpty()) {
      throw new IllegalArgumentException("no batch to concatenate, so no schema");
    }
    RowBatch first = batches.get(0);
    if (batches.size() == 1) {
      return first;
    }
    Schema schema = first.schema();
    int size = 0;
    for (RowBatch batch : batches) {
      if (batch.schema() != schema && !batch.schema().sameSchema(schema)) {
        throw new IllegalArgumentException(
            "batches of different schemas: " + schema + " and " + batch.schema());
      }
      size = Math.addExact(size, batch.size());
    }
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < schema.columns().size(); i++) {
      int at = i;
      columns.add(Columns.concat(batches.stream().map(batch -> batch.column(at)).toList()));
    }
    return RowBatch.of(schema, size, columns);
  }
}
