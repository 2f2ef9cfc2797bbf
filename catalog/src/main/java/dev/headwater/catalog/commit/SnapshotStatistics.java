package dev.headwater.catalog.commit;

import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/**
 * Writes the statistics file of a snapshot, which comes into the table in the same step as the
 * snapshot. It is asked at every try of the swap, since what a snapshot's statistics are depends on
 * the one before it.
 */
@FunctionalInterface
public interface SnapshotStatistics {
  /**
   * Writes the file.
   *
   * @param location where, a name that is not used yet
   * @param next the table as it is to be, with the snapshot and those before it
   * @return what is to stand in the metadata; null if there is nothing to say
   */
  @Nullable StatisticsFile write(FileIO io, String location, TableMetadata next, Snapshot snapshot);
}
