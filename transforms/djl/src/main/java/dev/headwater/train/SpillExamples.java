package dev.headwater.train;

import dev.headwater.columns.RowBatch;
import dev.headwater.model.TrainSpec;
import dev.headwater.table.BatchSink;
import java.io.IOException;
import java.util.List;
import org.apache.iceberg.Schema;

/** Joined rows into a scratch file. */
@SuppressWarnings("DoNotCallSuggester")
final class SpillExamples implements BatchSink<Examples> {
  private SpillExamples() {}

  static SpillExamples open(TrainSpec spec, Schema schema, TrainModel.Means means) {
    throw new UnsupportedOperationException("training is not there yet" + spec + schema + means);
  }

  @Override
  public void accept(RowBatch batch) throws IOException {}

  @Override
  public List<Examples> finish() throws IOException {
    return List.of();
  }

  @Override
  public void close() throws IOException {}
}
