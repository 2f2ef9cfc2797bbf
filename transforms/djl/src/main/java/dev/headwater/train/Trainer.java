package dev.headwater.train;

import ai.djl.Device;
import ai.djl.engine.Engine;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.model.Digests;
import dev.headwater.model.Encodings;
import dev.headwater.model.InputValues;
import dev.headwater.model.LinearModel;
import dev.headwater.model.Metrics;
import dev.headwater.model.ModelDescription;
import dev.headwater.model.ModelFolder;
import dev.headwater.model.Network;
import dev.headwater.model.SealedFolder;
import dev.headwater.model.Torch;
import dev.headwater.model.TrainSpec;
import dev.headwater.model.TrainingFigures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;

/** From all workers' rows to a sealed model: sort, fit, encode, baseline, network, metrics. */
final class Trainer {
  private final TrainSpec spec;
  private final Schema schema;
  private final TrainModel.Means means;
  private final TrainProgress progress;
  private final long began = System.nanoTime();

  Trainer(TrainSpec spec, Schema schema, TrainModel.Means means, TrainProgress progress) {
    this.spec = spec;
    this.schema = schema;
    this.means = means;
    this.progress = progress;
  }

  Trained train(List<Examples> examples) throws IOException {
    synchronized (Torch.TRAINING) {
      return alone(examples);
    }
  }

  private Trained alone(List<Examples> examples) throws IOException {
    Device device = Torch.device(spec.hyperparameters().device());
    Path work = Path.of(means.scratch(), "train-" + UUID.randomUUID());
    Files.createDirectories(work);
    try (SortedExamples train = new SortedExamples(work, "train", spec.inputs().size());
        SortedExamples holdout = new SortedExamples(work, "holdout", spec.inputs().size())) {
      phase("sort");
      SortExamples sort = new SortExamples(spec, examples);
      String data = sort.into(train, holdout);
      train.checkClasses("train", spec.label());
      holdout.checkClasses("validate", spec.label());
      Path folder = Path.of(means.folder());
      if (Files.exists(folder)) {
        return done(folder, data);
      }
      InputValues inputs = new InputValues(spec.inputs(), schema);
      List<Boolean> categories =
          IntStream.range(0, inputs.size()).mapToObj(inputs::isCategory).toList();
      phase("encode");
      FitEncodings fit = new FitEncodings(spec, sort.vocabularies(), categories, train);
      Encodings encodings = Encodings.of(fit.encodings());
      try (EncodedRows seen =
              EncodedRows.encode(work.resolve("train"), train, encodings, sort.vocabularies());
          EncodedRows unseen =
              EncodedRows.encode(
                  work.resolve("holdout"), holdout, encodings, sort.vocabularies())) {
        phase("baseline");
        LinearModel baseline = new Logistic(seen, encodings.plain()).fit();
        Metrics baselineMetrics = metrics(baseline, unseen);
        String config = Digests.of(spec.toJson() + data);
        Checkpoints checkpoints = new Checkpoints(Path.of(means.checkpoints()), config);
        TrainNetwork.Result result;
        try (TrainNetwork network =
            new TrainNetwork(
                spec.network(),
                spec.hyperparameters(),
                device,
                seen,
                unseen,
                checkpoints,
                progress)) {
          result = network.run(config);
        }
        Metrics metrics = TrainNetwork.metrics(spec.network(), device, result.weights(), unseen);
        new ModelFolder(
                new ModelDescription(
                    ModelDescription.FORMAT,
                    spec,
                    SchemaParser.toJson(schema),
                    fit.encodings(),
                    data,
                    versions()),
                result.weights(),
                baseline.tensors(),
                fit.profile(),
                new TrainingFigures(
                    metrics,
                    baselineMetrics,
                    train.rows(),
                    holdout.rows(),
                    examples.stream().mapToLong(Examples::noLabel).sum(),
                    examples.stream().mapToLong(Examples::unused).sum(),
                    result.epochs(),
                    result.microBatch(),
                    device.toString(),
                    (System.nanoTime() - began) / 1e9))
            .write(folder);
        checkpoints.delete();
      }
      return done(folder, data);
    } finally {
      SealedFolder.delete(work);
    }
  }

  private void phase(String name) {
    progress.at(new TrainProgress.Step(name, 0, 0, 0, 0, Double.NaN, 0));
  }

  /** The folder as written now, or by an earlier attempt of the same training. */
  private Trained done(Path folder, String data) throws IOException {
    ModelFolder model = ModelFolder.open(folder);
    if (!model.description().dataDigest().equals(data)
        || !model.description().spec().equals(spec)) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot write a model to " + folder + ": another one is there.",
          "choose a new folder for each version.");
    }
    return Trained.of(folder, model);
  }

  private static Metrics metrics(LinearModel model, EncodedRows rows) throws IOException {
    Metrics.Collector collector = new Metrics.Collector();
    ByteBuffer between = rows.buffer(EncodedRows.BLOCK);
    float[] encoded = new float[EncodedRows.BLOCK * rows.width()];
    for (int from = 0; from < rows.rows(); from += EncodedRows.BLOCK) {
      int n = Math.min(EncodedRows.BLOCK, rows.rows() - from);
      rows.read(from, n, encoded, between);
      for (int i = 0; i < n; i++) {
        double logit = model.logit(encoded, i * rows.width());
        collector.add(Network.probability(logit), rows.label(from + i));
      }
    }
    return collector.metrics();
  }

  private static Map<String, String> versions() {
    return Map.of(
        "java", Runtime.version().toString(),
        "djl", Engine.getDjlVersion(),
        "pytorch", Torch.engine().getVersion());
  }
}
