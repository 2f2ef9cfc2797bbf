package dev.headwater.train;

import dev.headwater.model.TrainSpec;
import dev.headwater.table.BatchSink;
import java.io.Serializable;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.Schema;

/**
 * Trains a network on joined rows that lie in scratch files. Bounded; one worker trains. The rows'
 * order, and so the model, depends on their content and the seed alone.
 *
 * <p>Use: {@code new SpineJoin<>(rows, views, means, TrainModel.sink(spec, schema, means),
 * Examples.coder())} then {@code .apply("Train", new TrainModel(spec, schema, means, progress))}.
 */
public final class TrainModel extends PTransform<PCollection<Examples>, PCollection<Trained>> {
  private static final long serialVersionUID = 1;

  /**
   * Where and within what a training works.
   *
   * @param scratch a folder that all workers share, deleted by the launcher afterwards
   * @param folder where the model is written; must not exist, or hold this very model
   * @param checkpoints where checkpoints are kept between attempts of the same run
   * @param rowsBound no more rows than these are expected; decides how finely they are spread
   */
  public record Means(String scratch, String folder, String checkpoints, long rowsBound)
      implements Serializable {}

  private final TrainSpec spec;
  private final Schema schema;
  private final Means means;
  private final TrainProgress progress;

  public TrainModel(TrainSpec spec, Schema schema, Means means, TrainProgress progress) {
    this.spec = spec;
    this.schema = schema;
    this.means = means;
    this.progress = progress;
  }

  /** Takes joined rows and spills what the training needs of them. */
  public static BatchSink.Factory<Examples> sink(TrainSpec spec, Schema schema, Means means) {
    return () -> SpillExamples.open(spec, schema, means);
  }

  public static Coder<Examples> sinkCoder() {
    return Examples.coder();
  }

  @Override
  public PCollection<Trained> expand(PCollection<Examples> examples) {
    throw new UnsupportedOperationException(
        "training is not there yet" + spec + schema + means + progress);
  }
}
