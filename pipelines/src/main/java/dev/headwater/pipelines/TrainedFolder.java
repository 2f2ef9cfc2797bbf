package dev.headwater.pipelines;

import dev.headwater.model.ModelFolder;
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
    try {
      return Optional.of(Trained.of(folder, ModelFolder.open(folder)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
