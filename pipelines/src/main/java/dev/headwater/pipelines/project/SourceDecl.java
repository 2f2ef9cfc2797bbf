package dev.headwater.pipelines.project;

import java.util.List;

/**
 * Files that come from outside: Parquet, by paths, folders and globs, relative ones from the
 * project's folder.
 */
public record SourceDecl(String name, List<String> paths) {
  public SourceDecl {
    paths = List.copyOf(paths);
  }
}
