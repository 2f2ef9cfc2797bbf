package dev.headwater.pipelines.project;

import dev.headwater.files.SourceColumn;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a test gives in the place of a source or a table.
 *
 * @param line where it stands
 * @param columns their types, where they are said
 * @param rows null where it is a text or a file
 * @param text of a file: as its source is read; of a table as CSV
 * @param file absolute
 */
public record Given(
    int line,
    List<SourceColumn> columns,
    @Nullable List<TestRow> rows,
    @Nullable String text,
    @Nullable Path file) {
  public Given {
    columns = List.copyOf(columns);
    rows = rows == null ? null : List.copyOf(rows);
  }

  /** Rows. */
  public static Given of(List<TestRow> rows) {
    return new Given(0, List.of(), rows, null, null);
  }

  /** A file's text. */
  public static Given of(String text) {
    return new Given(0, List.of(), null, text, null);
  }

  /** A file. */
  public static Given of(Path file) {
    return new Given(0, List.of(), null, null, file.toAbsolutePath());
  }
}
