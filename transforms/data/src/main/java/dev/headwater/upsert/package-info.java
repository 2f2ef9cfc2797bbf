/**
 * Rows of a table replaced by key, or removed by a condition.
 *
 * <p>Reads: the incoming rows' sorted runs, and the data files that may hold their keys. Writes:
 * data files without the rows that go, and those that came. Guarantees: the last row of a key
 * stays; files without such rows are left as they are. Next: the table's commit takes old files and
 * new in one.
 */
@NullMarked
package dev.headwater.upsert;

import org.jspecify.annotations.NullMarked;
