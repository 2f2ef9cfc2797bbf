package dev.headwater.pipelines.project;

import dev.headwater.catalog.TableRef;

/**
 * Where a table that the project makes is, and how it is kept small and quick.
 *
 * @param catalog the catalog's name
 */
public record Keep(String catalog, Maintain maintain) {
  /** In the project's own catalog, and left alone. */
  public static final Keep DEFAULT = new Keep(TableRef.DEFAULT_CATALOG, Maintain.NONE);
}
