package dev.headwater.catalog.commit;

import java.io.Serializable;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;

/**
 * A schema and a partitioning that a table does not have yet, with the ids that it will give them.
 * Files are written with these ids and come into the table in the same step as the shape, so a
 * reader never sees one without the other.
 */
@SuppressWarnings("DoNotCallSuggester")
public record Shape(Schema schema, PartitionSpec spec) implements Serializable {
  /**
   * The table's next shape: columns keep their ids by name where their types allow it.
   *
   * @param schema the wanted schema; its ids don't count
   * @param spec the wanted partitioning, over {@code schema}
   */
  public static Shape next(Table table, Schema schema, PartitionSpec spec) {
    throw new UnsupportedOperationException();
  }
}
