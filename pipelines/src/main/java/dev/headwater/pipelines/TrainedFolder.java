package dev.headwater.pipelines;

import dev.headwater.model.ModelFolder;
import dev.headwater.model.SealedFolder;
import dev.headwater.model.TrainingFigures;
import dev.headwater.train.Trained;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What a training came to, read back from the folder that it left. */
final class TrainedFolder {
  private TrainedFolder() {}

  /**
   * Empty if the folder isn't there; it is complete if it is, since it comes whole or not at all.
   */
  static Optional<Trained> find(Path folder) {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    ModelFolder model = ModelFolder.open(folder);
    TrainingFigures figures = model.figures();
    try {
      return Optional.of(
          new Trained(
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
              figures.seconds()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
