package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.files.SourceFormat;
import dev.headwater.ingest.SourceFile;
import dev.headwater.ingest.SourceFiles;
import dev.headwater.pipelines.project.Proposal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a proposal names files that somebody has named, perhaps one by one. */
final class InferredPaths {
  private static final int FEW = 3;

  private InferredPaths() {}

  /**
   * Finds the files.
   *
   * @param kind what they are; null: as most of the names say that a folder has
   * @return by which kind of names they were found
   */
  static SourceFormat.Kind kind(
      Inference of, List<String> given, SourceFormat.@Nullable Kind kind, List<SourceFile> found) {
    List<SourceFormat.Kind> tried =
        kind == null ? List.of(SourceFormat.Kind.values()) : List.of(kind);
    SourceFormat.Kind best = tried.get(0);
    HeadwaterException none = null;
    for (SourceFormat.Kind one : tried) {
      List<SourceFile> files = new ArrayList<>();
      try {
        given.forEach(path -> files.addAll(SourceFiles.named(of.io(), of.base(), path, one)));
      } catch (HeadwaterException e) {
        none = none == null ? e : none;
        continue;
      }
      if (files.size() > found.size()) {
        found.clear();
        found.addAll(files);
        best = one;
      }
    }
    if (found.isEmpty() && none != null) {
      throw none;
    }
    return best;
  }

  /**
   * The paths from the folder; of many files with one ending in one folder, which a shell makes of
   * a pattern, the pattern, if it means no others.
   */
  static List<String> of(
      Inference of, List<String> given, List<SourceFile> files, SourceFormat.Kind kind) {
    List<String> paths = given.stream().map(path -> below(of, path)).toList();
    if (paths.size() <= FEW) {
      return paths;
    }
    String first = paths.get(0);
    int slash = first.lastIndexOf('/') + 1;
    int dot = first.indexOf('.', slash);
    String pattern = first.substring(0, slash) + "*" + (dot < 0 ? "" : first.substring(dot));
    try {
      Set<String> all = new HashSet<>();
      SourceFiles.named(of.io(), of.folder(), pattern, kind).forEach(file -> all.add(file.path()));
      Set<String> these = new HashSet<>();
      files.forEach(file -> these.add(file.path()));
      return all.equals(these) ? List.of(pattern) : paths;
    } catch (HeadwaterException e) {
      return paths;
    }
  }

  private static String below(Inference of, String path) {
    if (SourceFiles.isStored(path)) {
      return path;
    }
    Path root = of.folder();
    Path full = of.base().resolve(path).normalize();
    return full.startsWith(root) && !full.equals(root)
        ? root.relativize(full).toString()
        : full.toString();
  }

  /** After the file, or after the folder of several. */
  static String name(String path) {
    String[] parts = path.replaceAll("/+$", "").split("/", -1);
    String last = parts[parts.length - 1];
    String plain = last.contains("*") && parts.length > 1 ? parts[parts.length - 2] : last;
    return Proposal.name(plain.replaceAll("^\\.+", "").replaceAll("\\..*", ""));
  }
}
