package dev.headwater.pipelines.project;

import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Settings;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a table that the project makes is, how it is kept small and quick, and how its files are
 * written.
 *
 * @param catalog the catalog's name
 * @param properties Iceberg's table properties, and ours
 * @param sort the order of rows in each file; none: as they come
 */
public record Keep(
    String catalog, Maintain maintain, Map<String, String> properties, List<Sort> sort) {
  /** In the project's own catalog, and left alone. */
  public static final Keep DEFAULT = new Keep(TableRef.DEFAULT_CATALOG, Maintain.NONE);

  public Keep {
    properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    sort = List.copyOf(sort);
  }

  /** With files as Iceberg writes them by default. */
  public Keep(String catalog, Maintain maintain) {
    this(catalog, maintain, Map.of(), List.of());
  }

  Keep catalog(String name) {
    return new Keep(name, maintain, properties, sort);
  }

  Keep maintain(Maintain how) {
    return new Keep(catalog, how, properties, sort);
  }

  Keep properties(Map<String, String> all) {
    return new Keep(catalog, maintain, all, sort);
  }

  Keep sort(List<Sort> by) {
    return new Keep(catalog, maintain, properties, by);
  }

  /** What the table is told of it. */
  public Settings settings() {
    return new Settings(properties, sort.isEmpty() ? null : schema -> Sort.order(schema, sort));
  }
}
