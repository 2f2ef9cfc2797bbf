package dev.headwater.pipelines.testing;

import dev.headwater.files.SourceFormat;
import dev.headwater.pipelines.project.Cell;
import dev.headwater.pipelines.project.TestRow;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rows as the text of a file that a source would read. */
final class GivenText {
  private GivenText() {}

  static String of(SourceFormat format, List<TestRow> rows) {
    return format.kind() == SourceFormat.Kind.JSON ? json(rows) : csv(format, rows);
  }

  /** An object a line. */
  static String json(List<TestRow> rows) {
    return rows.stream().map(row -> object(row.cells()) + "\n").collect(Collectors.joining());
  }

  private static String object(Map<String, Cell> cells) {
    return cells.entrySet().stream()
        .map(e -> Cell.of(e.getKey()).json() + ":" + e.getValue().json())
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String csv(SourceFormat format, List<TestRow> rows) {
    List<String> names = GivenColumns.names(format, rows);
    String between = Character.toString(format.delimiter());
    StringBuilder out = new StringBuilder();
    if (format.header()) {
      out.append(names.stream().map(n -> quoted(format, n)).collect(Collectors.joining(between)))
          .append('\n');
    }
    for (TestRow row : rows) {
      out.append(
              names.stream()
                  .map(name -> field(format, row.cells().get(name)))
                  .collect(Collectors.joining(between)))
          .append('\n');
    }
    return out.toString();
  }

  private static String field(SourceFormat format, @Nullable Cell cell) {
    if (cell == null || cell.kind() == Cell.Kind.NULL) {
      return format.nulls().isEmpty() ? "" : format.nulls().get(0);
    }
    boolean text = cell.kind() == Cell.Kind.TEXT;
    return text && format.nulls().contains(cell.text()) && format.quote() != 0
        ? format.quote() + cell.text() + format.quote()
        : quoted(format, cell.text());
  }

  /** In quotes where it would be read as something else without them. */
  private static String quoted(SourceFormat format, String text) {
    char quote = format.quote();
    boolean plain =
        text.indexOf(format.delimiter()) < 0
            && text.indexOf(quote) < 0
            && text.indexOf('\n') < 0
            && text.indexOf('\r') < 0;
    return plain || quote == 0
        ? text
        : quote + text.replace(Character.toString(quote), "" + format.escape() + quote) + quote;
  }
}
