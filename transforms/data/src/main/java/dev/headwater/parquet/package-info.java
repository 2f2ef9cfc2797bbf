/**
 * Parquet files to and from columns: footers, row groups, pages, values.
 *
 * <p>Reads: Parquet files, any writer's. Writes: a table's data files, with their metrics.
 * Guarantees: a page at a time is in memory; a damaged file is an error that names the place, never
 * wrong rows. Next: table reads splits of snapshots and writes data files with it.
 */
@NullMarked
package dev.headwater.parquet;

import org.jspecify.annotations.NullMarked;
