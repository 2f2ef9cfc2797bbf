package dev.headwater.train;

import dev.headwater.model.ModelFolder;
import dev.headwater.model.TrainSpec;
import dev.headwater.table.BatchSink;
import dev.headwater.table.WorkFn;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;

/**
 * Trains a network on joined rows that lie in scratch files. Bounded; one worker trains. The rows'
 * order, and so the model, depends on their content and the seed alone.
 *
 * <p>Use: {@code new SpineJoin<>(rows, views, means, TrainModel.sink(spec, schema, means),
 * TrainModel.sinkCoder())} then {@code .apply("Train", new TrainModel(spec, schema, means,
 * progress))}.
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

  /**
   * What a training came to whose model's folder is complete.
   *
   * @throws dev.headwater.catalog.HeadwaterException if the folder is not whole and unchanged
   */
  public static Trained finished(Path folder) throws IOException {
    return Trained.of(folder, ModelFolder.open(folder));
  }

  public static Coder<Examples> sinkCoder() {
    return Examples.coder();
  }

  @Override
  public PCollection<Trained> expand(PCollection<Examples> examples) {
    // Without any work item there is still one outcome: no rows, said clearly.
    PCollection<Examples> nothing =
        examples
            .getPipeline()
            .apply(
                "Nothing " + spec.model(),
                Create.of(new Examples("", List.of(), List.of(), 0, 0, 0))
                    .withCoder(Examples.coder()));
    return PCollectionList.of(examples)
        .and(nothing)
        .apply("All", Flatten.pCollections())
        .apply("OneKey", ParDo.of(new OneKey()))
        .setCoder(KvCoder.of(VarIntCoder.of(), Examples.coder()))
        .apply("Together", GroupByKey.create())
        .apply("Fit", ParDo.of(new Fit(this)))
        .setCoder(Trained.coder());
  }

  private static final class OneKey extends WorkFn<Examples, KV<Integer, Examples>> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Examples some, OutputReceiver<KV<Integer, Examples>> out) {
      out.output(KV.of(0, some));
    }
  }

  private static final class Fit extends WorkFn<KV<Integer, Iterable<Examples>>, Trained> {
    private static final long serialVersionUID = 1;
    private final TrainSpec spec;
    private final String schema;
    private final Means means;
    private final TrainProgress progress;

    Fit(TrainModel how) {
      this.spec = how.spec;
      this.schema = SchemaParser.toJson(how.schema);
      this.means = how.means;
      this.progress = how.progress;
    }

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<Examples>> all, OutputReceiver<Trained> out)
        throws IOException {
      List<Examples> examples = new ArrayList<>();
      all.getValue().forEach(examples::add);
      out.output(new Trainer(spec, SchemaParser.fromJson(schema), means, progress).train(examples));
    }
  }
}
