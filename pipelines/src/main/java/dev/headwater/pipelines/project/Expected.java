package dev.headwater.pipelines.project;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a test expects of its target.
 *
 * @param rows all rows, in any order, as far as the columns that they name; null: not said
 * @param includes rows that are among them
 * @param count how many there are; null: not said
 * @param columns all columns of the table, each with its type or an empty text; empty: not said
 * @param letters all letters: what they say of code, column, value and reason
 * @param fails part of what the run says when it fails; null: it does not fail
 */
public record Expected(
    @Nullable List<TestRow> rows,
    List<TestRow> includes,
    @Nullable Long count,
    Map<String, String> columns,
    List<TestRow> letters,
    @Nullable String fails) {
  /** Nothing but that the run is good and has no letters. */
  public static final Expected NOTHING =
      new Expected(null, List.of(), null, Map.of(), List.of(), null);

  public Expected {
    rows = rows == null ? null : List.copyOf(rows);
    includes = List.copyOf(includes);
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    letters = List.copyOf(letters);
  }

  public Expected rows(List<TestRow> all) {
    return new Expected(all, includes, count, columns, letters, fails);
  }

  public Expected includes(List<TestRow> some) {
    return new Expected(rows, some, count, columns, letters, fails);
  }

  public Expected count(long all) {
    return new Expected(rows, includes, all, columns, letters, fails);
  }

  public Expected letters(List<TestRow> all) {
    return new Expected(rows, includes, count, columns, all, fails);
  }

  public Expected fails(String says) {
    return new Expected(rows, includes, count, columns, letters, says);
  }
}
