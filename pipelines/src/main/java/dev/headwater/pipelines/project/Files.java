package dev.headwater.pipelines.project;

import dev.headwater.files.SourceFormat;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Files that a table is filled from, declared in Java: {@code Files.parquet("data/*.parquet")}. */
public final class Files {
  private final List<String> paths;
  private final SourceFormat format;
  private final Map<String, String> storage;
  private final @Nullable Window settle;

  private Files(
      List<String> paths,
      SourceFormat format,
      Map<String, String> storage,
      @Nullable Window settle) {
    this.paths = paths;
    this.format = format;
    this.storage = storage;
    this.settle = settle;
  }

  /** Parquet files, by paths, folders and globs, relative ones from the project's folder. */
  public static Files parquet(String... paths) {
    return new Files(List.of(paths), SourceFormat.of(SourceFormat.Kind.PARQUET), Map.of(), null);
  }

  /** Files of any kind, as their names end; change how they are read by {@link #as}. */
  public static Files of(String... paths) {
    return new Files(List.of(paths), FormatSection.of(List.of(paths)), Map.of(), null);
  }

  /** Read like this: {@code Files.of("in/*.txt").as(f -> f.delimiter('|').header(false))}. */
  public Files as(UnaryOperator<SourceFormat> how) {
    return new Files(paths, how.apply(format), storage, settle);
  }

  /**
   * In a store that is reached by properties of its own, named as a catalog's; a secret as a
   * reference: {@code "s3.secret-access-key.secret", "env/KEY"}.
   */
  public Files storage(Map<String, String> properties) {
    return new Files(paths, format, Map.copyOf(properties), settle);
  }

  /** Taken once they have stood unchanged for so long: "10s". */
  public Files settle(String time) {
    return new Files(paths, format, storage, new Window(time));
  }

  SourceDecl declared(String name) {
    return new SourceDecl(name, paths, format, storage, settle, null, null, null);
  }
}
