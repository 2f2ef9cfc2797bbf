package dev.headwater.score;

import dev.headwater.columns.RowBatch;
import dev.headwater.model.TrainSpec;
import dev.headwater.table.BatchSink;
import dev.headwater.table.Written;
import java.io.IOException;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;

/**
 * Joined rows into a table of predictions: encoded, scored by one version of one model and by its
 * baseline, written. Bounded; no letters. A row's prediction depends on the row alone.
 *
 * <p>Where the label can be computed it is written too, so that {@link Scored#of} tells how good
 */
@SuppressWarnings("DoNotCallSuggester")
public final class ScoreRows implements BatchSink<Written> {
  /**
   * What scores.
   *
   * @param folder the model's folder, which every worker reaches
   * @param manifestDigest SHA-256 of its MANIFEST, as registered; another one is refused
   */
  public record ScoreSpec(String model, long version, String folder, String manifestDigest)
      implements java.io.Serializable {}

  private ScoreRows() {}

  /** The columns of the table of predictions. */
  public static Schema schema(Schema joined, List<String> spineColumns, TrainSpec spec) {
    throw new UnsupportedOperationException("scoring is not there yet");
  }

  public static BatchSink.Factory<Written> sink(
      ScoreSpec spec,
      Schema joined,
      List<String> spineColumns,
      Table table,
      String sink,
      String run) {
    throw new UnsupportedOperationException("scoring is not there yet");
  }

  @Override
  public void accept(RowBatch batch) throws IOException {
    throw new UnsupportedOperationException("scoring is not there yet");
  }

  @Override
  public List<Written> finish() throws IOException {
    throw new UnsupportedOperationException("scoring is not there yet");
  }

  @Override
  public void close() throws IOException {}
}
