/**
 * Tables to and from RowBatch, in Beam and without it.
 *
 * <p>Reads: Iceberg snapshots, or what changed between two. Writes: data files, then one commit.
 * Guarantees: exactly once by content token. Next: ingest, features, train, score and drift build
 * on it.
 */
@NullMarked
package dev.headwater.table;

import org.jspecify.annotations.NullMarked;
