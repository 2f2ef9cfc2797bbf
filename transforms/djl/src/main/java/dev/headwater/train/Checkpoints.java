package dev.headwater.train;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.model.Json;
import dev.headwater.model.SafeTensors;
import dev.headwater.model.SealedFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoints of one training: sealed folders by number, of which the newest are kept. */
final class Checkpoints {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
  private static final int KEPT = 3;
  private static final String STATE = "state.json";
  private static final String ARRAYS = "arrays.safetensors";

  private final Path folder;
  private final String config;

  Checkpoints(Path folder, String config) {
    this.folder = folder;
    this.config = config;
  }

  void write(Checkpoint checkpoint) throws IOException {
    Path at = folder.resolve("%012d".formatted(checkpoint.state().updates()));
    SealedFolder.delete(at);
    byte[] state = Json.write(checkpoint.state()).getBytes(StandardCharsets.UTF_8);
    SealedFolder.write(at, Map.of(STATE, state, ARRAYS, SafeTensors.write(checkpoint.arrays())));
    List<Path> all = newestFirst();
    for (Path old : all.subList(Math.min(KEPT, all.size()), all.size())) {
      SealedFolder.delete(old);
    }
  }

  /** The newest one that is whole and of this training. */
  Optional<Checkpoint> newest() throws IOException {
    for (Path at : newestFirst()) {
      try {
        Map<String, byte[]> files = SealedFolder.read(at, Set.of(STATE, ARRAYS));
        byte[] state = files.getOrDefault(STATE, new byte[0]);
        Checkpoint.State read =
            Json.read(new String(state, StandardCharsets.UTF_8), Checkpoint.State.class);
        if (read.config().equals(config)) {
          byte[] arrays = files.getOrDefault(ARRAYS, new byte[0]);
          return Optional.of(new Checkpoint(read, SafeTensors.read(arrays)));
        }
      } catch (HeadwaterException e) {
        // A checkpoint may be cut short by what stopped the training: the one before it serves.
        LOG.warn("Checkpoint {} is passed over: {}", at, e.what());
      }
    }
    return Optional.empty();
  }

  void delete() throws IOException {
    SealedFolder.delete(folder);
  }

  private List<Path> newestFirst() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(folder)) {
      return list.filter(p -> String.valueOf(p.getFileName()).matches("[0-9]{12}"))
          .sorted(Comparator.reverseOrder())
          .toList();
    }
  }
}
