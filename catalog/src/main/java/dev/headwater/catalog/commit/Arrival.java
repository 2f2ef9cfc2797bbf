package dev.headwater.catalog.commit;

import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.NestedField;

/**
 * Rows on their way into a table.
 *
 * @param name where they are from, for messages: a file's path
 * @param schema their columns; ids don't count
 * @param nulls the columns that may hold null; the others hold none
 * @param byRow whether each row has some of the columns only, as objects of JSON do: then a column
 *     may be among them under its old and its new name
 */
public record Arrival(String name, Schema schema, Set<String> nulls, boolean byRow) {
  public Arrival {
    nulls = Set.copyOf(nulls);
  }

  /** Of rows all of which have all columns. */
  public Arrival(String name, Schema schema, Set<String> nulls) {
    this(name, schema, nulls, false);
  }

  /** Of rows that have some of the columns each. */
  public static Arrival byRow(String name, Schema schema) {
    return new Arrival(
        name,
        schema,
        schema.columns().stream().map(NestedField::name).collect(Collectors.toUnmodifiableSet()),
        true);
  }
}
