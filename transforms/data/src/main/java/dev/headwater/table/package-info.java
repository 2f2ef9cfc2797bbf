/**
 * Tables and data files to and from RowBatch, in Beam and without it.
 *
 * <p>Reads: Parquet files and Iceberg snapshots. Writes: data files, then one commit. Guarantees:
 * exactly once by content token. Next: ingest, features, train, score and drift build on it.
 */
@NullMarked
package dev.headwater.table;

import org.jspecify.annotations.NullMarked;
