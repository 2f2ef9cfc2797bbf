package dev.headwater.pipelines.project;

import java.util.List;

/** Files that a table is filled from, declared in Java: {@code Files.parquet("data/*.parquet")}. */
public final class Files {
  private final List<String> paths;

  private Files(List<String> paths) {
    this.paths = paths;
  }

  /** Parquet files, by paths, folders and globs, relative ones from the project's folder. */
  public static Files parquet(String... paths) {
    return new Files(List.of(paths));
  }

  List<String> paths() {
    return paths;
  }
}
