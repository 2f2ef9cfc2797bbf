package dev.headwater.pipelines.project;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Files that come from outside: Parquet, by paths, folders and globs, relative ones from the
 * project's folder.
 */
public record SourceDecl(String name, List<String> paths) {
  public SourceDecl {
    paths = List.copyOf(paths);
  }

  /** Why no source can be read from such a path, or null if one can. */
  static @Nullable String refusal(String path) {
    if (path.contains("://")) {
      return "'" + path + "' is not a local path; remote files are not supported yet";
    }
    String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    int dot = name.lastIndexOf('.');
    String ending = dot < 0 ? "" : name.substring(dot + 1);
    return Set.of("csv", "tsv", "json", "jsonl", "ndjson", "avro", "orc", "xlsx", "gz")
            .contains(ending)
        ? "'"
            + path
            + "': "
            + ending
            + " files are not supported yet. Parquet files, folders and globs are."
        : null;
  }
}
