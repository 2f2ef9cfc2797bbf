/**
 * Rows joined with feature views, each as of its own time.
 *
 * <p>Reads: pinned snapshots of the rows' table and of the views. Writes: sorted runs, then what
 * the caller's sink makes of a shard's rows. Guarantees: every row comes out exactly once, in
 * bounded memory. Next: train and score.
 */
@NullMarked
package dev.headwater.join;

import org.jspecify.annotations.NullMarked;
