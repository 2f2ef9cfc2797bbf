package dev.headwater.table;

import dev.headwater.sort.RunOrder;
import dev.headwater.sort.Spill;
import java.io.Serializable;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * How rows of a partition meet in one writer, so that there are few files however rows come: as
 * sorted runs, by the partition's hash, {@link MeetPartitions} then writes them. Iceberg's {@code
 * write.distribution-mode} decides: {@code none} lets every writer write what comes to it, {@code
 * hash} and {@code range} bring all rows of a partition together. Without the property only rows go
 * that way for whose partition a writer has no open file, so that it costs nothing where partitions
 * are few.
 *
 * @param spill where the runs lie; the caller deletes it
 * @param shards so many writers
 * @param all every row
 */
public record Distribution(Spill spill, int shards, boolean all) implements Serializable {
  private static final long serialVersionUID = 1;

  /** Rows of a shard, at most and about. */
  private static final long ROWS_PER_SHARD = 4_000_000;

  private static final int MOST_SHARDS = 256;

  /** The column of a row's partition, behind the table's own. */
  static final Types.NestedField PARTITION =
      Types.NestedField.required(Integer.MAX_VALUE - 301, "__partition", Types.BinaryType.get());

  /**
   * How it is done for a table; null where each writer writes alone.
   *
   * @param rows about how many come
   */
  public static @Nullable Distribution of(Table table, Spill spill, long rows, int workers) {
    String mode = table.properties().getOrDefault(TableProperties.WRITE_DISTRIBUTION_MODE, "");
    if (table.spec().isUnpartitioned()
        || mode.equals(TableProperties.WRITE_DISTRIBUTION_MODE_NONE)) {
      return null;
    }
    long shards = Math.max(2L * workers, rows / ROWS_PER_SHARD + 1);
    return new Distribution(spill, (int) Math.min(MOST_SHARDS, shards), !mode.isEmpty());
  }

  /** By partition, then in the table's order where it has one. */
  static RunOrder order(Table table) {
    int columns = table.schema().columns().size();
    return table.sortOrder().isSorted() ? RunOrder.by(columns, columns + 1) : RunOrder.by(columns);
  }

  /** The names of the table's own columns, which come first. */
  static String[] names(Schema schema) {
    return schema.columns().stream().map(Types.NestedField::name).toArray(String[]::new);
  }
}
