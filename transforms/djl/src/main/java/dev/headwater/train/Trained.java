package dev.headwater.train;

import dev.headwater.model.Metrics;
import dev.headwater.model.ModelFolder;
import dev.headwater.model.SealedFolder;
import dev.headwater.model.TrainingFigures;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * What a training came to.
 *
 * @param folder the model's folder, complete and verified
 * @param dataDigest SHA-256 over the ordered raw rows: the same on any runner and machine
 * @param weightsDigest SHA-256 of the weights' file: the same on the same machine
 * @param manifestDigest SHA-256 of the folder's MANIFEST
 * @param holdout the network's metrics on the holdout
 * @param baseline the logistic regression's on the same rows and columns
 * @param noLabel rows left out since their label is null
 * @param unused rows left out since they are past the holdout or have no split value
 * @param device where it was trained
 */
public record Trained(
    String folder,
    String dataDigest,
    String weightsDigest,
    String manifestDigest,
    Metrics holdout,
    Metrics baseline,
    long trainRows,
    long holdoutRows,
    long noLabel,
    long unused,
    int epochs,
    String device,
    double seconds)
    implements Serializable {
  /** What lies in a model's folder. */
  public static Trained of(Path folder, ModelFolder model) throws IOException {
    TrainingFigures figures = model.figures();
    return new Trained(
        folder.toString(),
        model.description().dataDigest(),
        model.weightsDigest(),
        SealedFolder.digest(folder),
        figures.holdout(),
        figures.baseline(),
        figures.trainRows(),
        figures.holdoutRows(),
        figures.noLabel(),
        figures.unused(),
        figures.epochs(),
        figures.device(),
        figures.seconds());
  }

  public static Coder<Trained> coder() {
    return SerializableCoder.of(Trained.class);
  }
}
