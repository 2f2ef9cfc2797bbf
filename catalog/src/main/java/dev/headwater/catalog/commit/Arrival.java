package dev.headwater.catalog.commit;

import java.util.Set;
import org.apache.iceberg.Schema;

/**
 * Rows on their way into a table.
 *
 * @param name where they are from, for messages: a file's path
 * @param schema their columns; ids don't count
 * @param nulls the columns that may hold null; the others hold none
 */
public record Arrival(String name, Schema schema, Set<String> nulls) {
  public Arrival {
    nulls = Set.copyOf(nulls);
  }
}
