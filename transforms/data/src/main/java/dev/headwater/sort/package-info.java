/**
 * Rows brought into order on disk, so that they meet whatever their number.
 *
 * <p>Reads: batches, each row with its shard. Writes: sorted runs in the scratch location of a
 * stage. Guarantees: equal keys of a shard come together, in a bounded buffer. Next: joins,
 * upserts, features and compactions merge the runs of a shard.
 */
@NullMarked
package dev.headwater.sort;

import org.jspecify.annotations.NullMarked;
