package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.Write;
import dev.headwater.validate.StoredLetter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Which letters are of a file that was another one then, and was read again since: where changed
 * files' rows take the place of the old ones, so do their letters.
 */
final class ReadAgain {
  private final Stages stages;
  private final boolean matters;
  private final Map<String, String> now = new HashMap<>();
  private final Map<String, Map<String, String>> then = new HashMap<>();

  ReadAgain(Stages stages, Target target, TableDecl table) {
    this.stages = stages;
    Write.Mode mode = table.write().mode();
    this.matters = mode == Write.Mode.OVERWRITE || mode == Write.Mode.UPSERT;
    if (matters) {
      runs()
          .lastSucceeded(stages.project().name(), target.toString())
          .ifPresent(run -> now.putAll(files(run)));
    }
  }

  boolean isOld(StoredLetter letter) {
    if (!matters) {
      return false;
    }
    String read = then.computeIfAbsent(letter.run(), this::files).get(letter.source());
    String newest = now.get(letter.source());
    return read != null && newest != null && !read.equals(newest);
  }

  private Runs runs() {
    return stages.workspace().registry().runs();
  }

  private Map<String, String> files(String run) {
    try {
      Optional<Run> found = runs().find(UUID.fromString(run));
      return found.map(this::files).orElse(Map.of());
    } catch (IllegalArgumentException e) {
      return Map.of();
    }
  }

  private Map<String, String> files(Run run) {
    Path folder = stages.project().origin().folder();
    Map<String, String> out = new HashMap<>();
    for (Edge edge : run.inputs()) {
      if (edge.kind().equals("file")) {
        out.put(folder.resolve(edge.name()).toString(), edge.version());
      }
    }
    return out;
  }
}
