package dev.headwater.score;

import dev.headwater.catalog.SnapshotRef;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.model.Metrics;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.io.IOException;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;

/** How good the predictions of one snapshot are, for its rows with a label: exact. */
public record Scored(Metrics model, Metrics baseline) {
  private static final long GROUP_BYTES = 128L << 20;

  /**
   * Reads the probabilities and labels of a snapshot of predictions. Holds 16 bytes a row in
   * memory. Without a label column, or without rows that have one, there are 0 rows.
   */
  public static Scored of(Table scores, SnapshotRef snapshot) throws IOException {
    Metrics.Collector model = new Metrics.Collector();
    Metrics.Collector baseline = new Metrics.Collector();
    Schema schema = scores.schema();
    if (schema.findField(ScoreRows.LABEL) != null) {
      Schema wanted = schema.select(ScoreRows.PROBABILITY, ScoreRows.BASELINE, ScoreRows.LABEL);
      for (SplitGroup group : Splits.of(scores, snapshot, null, GROUP_BYTES, 1)) {
        try (var batches = group.open(scores, wanted, null)) {
          while (batches.hasNext()) {
            collect(batches.next(), model, baseline);
          }
        }
      }
    }
    return new Scored(model.metrics(), baseline.metrics());
  }

  private static void collect(RowBatch batch, Metrics.Collector model, Metrics.Collector baseline) {
    double[] network = ((DoubleColumn) batch.column(ScoreRows.PROBABILITY)).values();
    double[] linear = ((DoubleColumn) batch.column(ScoreRows.BASELINE)).values();
    BooleanColumn label = (BooleanColumn) batch.column(ScoreRows.LABEL);
    for (int row = 0; row < batch.size(); row++) {
      if (!label.isNull(row)) {
        model.add(network[row], label.values()[row]);
        baseline.add(linear[row], label.values()[row]);
      }
    }
  }
}
