package dev.headwater.score;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.model.Encodings;
import dev.headwater.model.LinearModel;
import dev.headwater.model.ModelFolder;
import dev.headwater.model.Network;
import dev.headwater.model.SealedFolder;
import dev.headwater.model.Torch;
import dev.headwater.model.TrainSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * A verified model that is ready to score, one for each version in a JVM, for many threads: at most
 * one inference for each core at a time, so that native memory is bounded.
 */
final class LoadedModel {
  private static final ConcurrentHashMap<String, LoadedModel> LOADED = new ConcurrentHashMap<>();

  private final TrainSpec spec;
  private final Encodings encodings;
  private final Network network;
  private final LinearModel baseline;
  private final Semaphore predictors =
      new Semaphore(Runtime.getRuntime().availableProcessors(), true);

  private LoadedModel(ModelFolder folder) {
    this.spec = folder.description().spec();
    this.encodings = Encodings.of(folder.description().encodings());
    this.network =
        Network.load(
            spec.network(),
            encodings.width(),
            Torch.device(spec.hyperparameters().device()),
            folder.weights());
    this.baseline = LinearModel.of(folder.baseline());
  }

  /** The model in a folder; it is loaded once, and stays for the life of the JVM. */
  static LoadedModel of(ScoreRows.ScoreSpec spec) {
    return LOADED.computeIfAbsent(spec.folder() + " " + spec.manifestDigest(), k -> load(spec));
  }

  private static LoadedModel load(ScoreRows.ScoreSpec spec) {
    Path folder = Path.of(spec.folder());
    ModelFolder model = ModelFolder.open(folder);
    try {
      if (!SealedFolder.digest(folder).equals(spec.manifestDigest())) {
        throw new HeadwaterException(
            Kind.REFUSED,
            "Cannot score with "
                + spec.model()
                + "@"
                + spec.version()
                + ": "
                + folder
                + " is not the model that was registered.",
            "restore the folder, or promote another version.");
      }
    } catch (IOException e) {
      throw new HeadwaterException(
          Kind.UNREACHABLE,
          "Cannot read " + folder + ": " + e.getMessage() + ".",
          "make the folder readable from all workers.",
          e);
    }
    return new LoadedModel(model);
  }

  TrainSpec spec() {
    return spec;
  }

  Encodings encodings() {
    return encodings;
  }

  /** The probabilities of encoded rows, the network's, NaN where it gives none, the baseline's. */
  double[][] score(float[] encoded, int rows) {
    double[][] out = new double[2][rows];
    float[] logits;
    predictors.acquireUninterruptibly();
    try {
      logits = network.infer(encoded);
    } finally {
      predictors.release();
    }
    for (int row = 0; row < rows; row++) {
      // An infinity is no certainty.
      out[0][row] = Float.isFinite(logits[row]) ? Network.probability(logits[row]) : Double.NaN;
      out[1][row] = Network.probability(baseline.logit(encoded, row * encodings.width()));
    }
    return out;
  }
}
