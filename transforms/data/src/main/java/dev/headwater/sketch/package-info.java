/**
 * What the columns of a table hold, in a few kilobytes each, taken while rows are written.
 *
 * <p>Reads: batches on their way into data files. Writes: the statistics file of the snapshot that
 * brings them. Guarantees: sketches of any parts merge into the sketch of the whole, within stated
 * errors. Next: profiles of a snapshot, or of the rows between two, without a scan; drift compares
 * them.
 */
@NullMarked
package dev.headwater.sketch;

import org.jspecify.annotations.NullMarked;
