/**
 * Compaction: the same rows in fewer files, or in order.
 *
 * <p>Reads: the small, or unsorted, files of a table's snapshot.
 *
 * <p>Writes: files of the target size in their place, in one commit.
 *
 * <p>Guarantees: the same rows, exactly once; what others write meanwhile stays; memory does not
 * grow with the files.
 *
 * <p>Next: nothing; readers find fewer files.
 */
@NullMarked
package dev.headwater.compact;

import org.jspecify.annotations.NullMarked;
