/**
 * Tables made of tables: by a query, or by a transform of the user's.
 *
 * <p>Reads: pinned snapshots. Writes: a table, all of it or only what new rows bring. Guarantees:
 * every row that was read is counted; the same rows on any runner. Next: whatever reads a table.
 */
@NullMarked
package dev.headwater.derive;

import org.jspecify.annotations.NullMarked;
