package dev.headwater.pipelines.project;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What comes from outside: Parquet files, by paths, folders and globs, relative ones from the
 * project's folder; or a table of somebody else's, which is read where it is.
 *
 * @param paths empty for a table
 * @param table {@code catalog.namespace.name}, or {@code namespace.name} in the project's own
 *     catalog
 * @param time the table's column with the rows' event time, where it has one
 */
public record SourceDecl(
    String name, List<String> paths, @Nullable String table, @Nullable String time) {
  public SourceDecl {
    paths = List.copyOf(paths);
  }

  /** Files. */
  public SourceDecl(String name, List<String> paths) {
    this(name, paths, null, null);
  }

  /** As it is written in the file. */
  Object form() {
    if (table == null) {
      return paths;
    }
    return time == null
        ? Map.of("table", table)
        : new TreeMap<>(Map.of("table", table, "time", time));
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
