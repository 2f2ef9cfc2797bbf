package dev.headwater.table;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.commit.Committed;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.metrics.Lineage;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells Beam's lineage metrics which tables transforms read and write, as {@code iceberg} and where
 * the table lies, so that whoever looks at a pipeline's lineage finds them.
 */
public final class TableUse {
  private static final Logger LOG = LoggerFactory.getLogger(TableUse.class);
  private static final String SYSTEM = "iceberg";

  /** A table stays where it is. */
  private static final Map<UUID, String> PLACES = new ConcurrentHashMap<>();

  private TableUse() {}

  static void read(Table table) {
    Lineage.getSources().add(SYSTEM, List.of(table.location()));
  }

  /** The commit that it is given. Where its table can't be looked at, it is not told. */
  public static Committed wrote(TableCatalog open, Committed done) {
    try {
      String place =
          PLACES.computeIfAbsent(done.tableUuid(), id -> open.load(done.table()).location());
      Lineage.getSinks().add(SYSTEM, List.of(place));
    } catch (RuntimeException e) {
      LOG.debug("where {} lies is not told", done.table(), e);
    }
    return done;
  }
}
