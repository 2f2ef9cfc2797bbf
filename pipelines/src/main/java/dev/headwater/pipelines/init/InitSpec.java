package dev.headwater.pipelines.init;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a project is to be made from.
 *
 * @param base where relative paths begin
 * @param folder the project's, which is not there yet or empty
 * @param from files, folders or globs, or one table {@code catalog.namespace.table}; none: a few
 *     rows that are made up
 * @param catalog the table's, as Iceberg's properties; none: as the project around declares it
 * @param time the column of the rows' event time; null: guessed
 * @param label what the model shall tell, a column or a condition; null: guessed
 * @param rows about how many rows are looked at, at most
 * @param java whether it is declared in Java too, with a pom.xml
 */
public record InitSpec(
    Path base,
    Path folder,
    List<String> from,
    Map<String, String> catalog,
    @Nullable String time,
    @Nullable String label,
    int rows,
    boolean java) {
  public InitSpec {
    from = List.copyOf(from);
    catalog = Map.copyOf(catalog);
  }
}
