package dev.headwater.kafka;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.io.Serializable;
import java.util.Optional;

/**
 * Where a table says how far a topic is in it.
 *
 * @param sink the stable name of what writes, unique to it
 */
public record TableOffsets(CatalogConfig catalog, TableRef table, String sink)
    implements Serializable {
  private static final long serialVersionUID = 1;

  /** As it is now; empty before the sink's first commit. */
  public Optional<Progress> now() {
    try (TableCatalog open = TableCatalog.open(catalog)) {
      return Progress.of(open.load(table), sink);
    }
  }
}
