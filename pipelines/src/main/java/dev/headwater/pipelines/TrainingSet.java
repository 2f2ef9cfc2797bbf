package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Run;
import dev.headwater.join.SpineJoin;
import dev.headwater.model.Hyperparameters;
import dev.headwater.model.NetworkSpec;
import dev.headwater.model.SplitBy;
import dev.headwater.model.TrainSpec;
import dev.headwater.pipelines.project.ModelDecl;
import dev.headwater.pipelines.project.Network;
import dev.headwater.pipelines.project.Training;
import dev.headwater.table.BatchSink;
import dev.headwater.train.TrainModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.iceberg.Schema;

/**
 * What a training reads: the rows and views that a run has pinned, how they are joined, and what is
 * learned from them.
 *
 * @param joined the columns of the joined rows
 * @param spineRows how many rows the spine has at most; -1 where its snapshot doesn't say
 * @param total the rows of spine and views
 */
record TrainingSet(
    SpineJoin.Rows rows,
    List<SpineJoin.View> views,
    Schema joined,
    TrainSpec spec,
    long spineRows,
    long total) {

  static TrainingSet of(Stages stages, ModelDecl model, Run run) {
    Stages.Pinned spine = stages.pinned(run, model.rows());
    Joins joins = new Joins(stages, model);
    SpineJoin.Rows rows =
        new SpineJoin.Rows(
            spine.table(),
            spine.snapshot(),
            model.time(),
            joins.needed(spine.schema()),
            where(model));
    List<SpineJoin.View> views = joins.views(run);
    long total = spine.rows();
    for (SpineJoin.View view : views) {
      total += new Stages.Pinned(view.table(), view.snapshot()).rows();
    }
    return new TrainingSet(
        rows, views, SpineJoin.schema(rows, views), spec(model, run, joins), spine.rows(), total);
  }

  /** Rows after the holdout are not read at all. */
  static String where(ModelDecl model) {
    String until =
        model.split().by()
            + " < timestamp '"
            + model.split().holdoutUntil().toString().replace('T', ' ')
            + "'";
    return model.where() == null ? until : "(" + model.where() + ") and " + until;
  }

  /**
   * Where it is worked on.
   *
   * @param folder where a model goes
   */
  TrainModel.Means means(Path scratch, Path folder) {
    return new TrainModel.Means(
        scratch.toString(),
        folder.toString(),
        scratch.resolve("checkpoints").toString(),
        spineRows < 0 ? 1_000_000 : spineRows);
  }

  /** The join, into a sink. */
  <T> SpineJoin<T> into(Engine engine, Path scratch, BatchSink.Factory<T> sink, Coder<T> coder) {
    return new SpineJoin<>(
        rows,
        views,
        new SpineJoin.Means("train", scratch.toUri().toString(), engine.workers()),
        sink,
        coder);
  }

  /** The same rows, learned from as a version has. */
  TrainingSet as(TrainSpec trained) {
    return new TrainingSet(rows, views, joined, trained, spineRows, total);
  }

  private static TrainSpec spec(ModelDecl model, Run run, Joins joins) {
    Training training = model.training();
    Map<String, String> pins = new TreeMap<>();
    run.inputs().forEach(e -> pins.put(e.name(), e.version()));
    return new TrainSpec(
        model.name(),
        joins.inputs(),
        model.label(),
        new SplitBy(
            model.split().by(),
            model.split().trainUntil().toString(),
            model.split().holdoutUntil().toString()),
        network(model.network()),
        new Hyperparameters(
            training.seed(),
            training.batch(),
            training.epochs(),
            Hyperparameters.DEFAULT.patience(),
            training.rate(),
            training.decay(),
            training.device()),
        pins);
  }

  private static NetworkSpec network(Network network) {
    return network instanceof Network.Java java
        ? NetworkSpec.Custom.of(java.name())
        : new NetworkSpec.Mlp(((Network.Mlp) network).hidden());
  }
}
