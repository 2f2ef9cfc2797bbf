package dev.headwater.pipelines.project;

import dev.headwater.files.SourceFormat;
import java.util.List;
import java.util.function.UnaryOperator;

/** Files that a table is filled from, declared in Java: {@code Files.parquet("data/*.parquet")}. */
public final class Files {
  private final List<String> paths;
  private final SourceFormat format;

  private Files(List<String> paths, SourceFormat format) {
    this.paths = paths;
    this.format = format;
  }

  /** Parquet files, by paths, folders and globs, relative ones from the project's folder. */
  public static Files parquet(String... paths) {
    return new Files(List.of(paths), SourceFormat.of(SourceFormat.Kind.PARQUET));
  }

  /** Files of any kind, as their names end; change how they are read by {@link #as}. */
  public static Files of(String... paths) {
    return new Files(List.of(paths), FormatSection.of(List.of(paths)));
  }

  /** Read like this: {@code Files.of("in/*.txt").as(f -> f.delimiter('|').header(false))}. */
  public Files as(UnaryOperator<SourceFormat> how) {
    return new Files(paths, how.apply(format));
  }

  SourceFormat format() {
    return format;
  }

  List<String> paths() {
    return paths;
  }
}
