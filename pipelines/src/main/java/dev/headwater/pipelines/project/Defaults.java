package dev.headwater.pipelines.project;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What folders say by default of all that is declared in and below them. The nearest folder counts
 * first, and what is said of a kind of targets before what is said of all.
 */
final class Defaults {
  private static final List<String> ALL =
      List.of("owner", "tags", "resources", "catalog", "maintain", "properties");
  private static final List<String> KINDS =
      List.of("tables", "features", "models", "scores", "monitors");

  private final Map<String, Section> folders = new HashMap<>();
  private final Map<String, String> files = new HashMap<>();
  private final Map<Section, Map<String, Section>> kinds = new HashMap<>();
  private final Set<Section> used = new HashSet<>();

  /** Those that a file has for its folder. */
  void add(String file, @Nullable Section said) {
    if (said == null) {
      return;
    }
    String other = files.putIfAbsent(folder(file), file);
    if (other != null) {
      said.problem(
          "the defaults of this folder stand in " + other + " already. Put them into one file");
      return;
    }
    folders.put(folder(file), said);
    Map<String, Section> own = new HashMap<>();
    for (String key : said.names()) {
      if (KINDS.contains(key)) {
        Section kind = said.section(key);
        if (kind != null) {
          own.put(key, kind);
        }
      } else if (!ALL.contains(key)) {
        List<String> known = Stream.concat(ALL.stream(), KINDS.stream()).toList();
        said.problem(
            key,
            "unknown key '"
                + key
                + "'."
                + Nearest.of(key, known)
                + " There are "
                + String.join(", ", known)
                + ".");
      }
    }
    kinds.put(said, own);
  }

  /** What stands in for what a declaration leaves out, the nearest first. */
  List<Section> of(String noun, String file) {
    List<Section> all = new ArrayList<>();
    for (String folder = folder(file); ; folder = folder(folder)) {
      Section said = folders.get(folder);
      if (said != null) {
        Section kind = kinds.getOrDefault(said, Map.of()).get(noun);
        if (kind != null) {
          used.add(kind);
          all.add(kind);
        }
        all.add(said);
      }
      if (folder.isEmpty()) {
        return all;
      }
    }
  }

  /** Notes keys that no declaration of their kind knows. */
  void end() {
    used.forEach(Section::end);
  }

  private static String folder(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }
}
