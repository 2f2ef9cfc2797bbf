package dev.headwater.pipelines.project;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row that a test gives or expects.
 *
 * @param line where it stands in its file; 0 in Java
 * @param cells by column; what is left out is null
 */
public record TestRow(int line, Map<String, Cell> cells) {
  public TestRow {
    cells = Collections.unmodifiableMap(new LinkedHashMap<>(cells));
  }

  /** Of Java's values. */
  public static TestRow of(Map<String, ? extends @Nullable Object> values) {
    Map<String, Cell> cells = new LinkedHashMap<>();
    values.forEach((column, value) -> cells.put(column, Cell.of(value)));
    return new TestRow(0, cells);
  }
}
