/**
 * Rows one by one, as Beam and Iceberg have them, to and from columns.
 *
 * <p>Reads: Beam's rows, Iceberg's records. Writes: batches, and back. Guarantees: every value
 * comes back as it was, or its type is refused. Next: a pipeline of rows reads and writes tables.
 */
@NullMarked
package dev.headwater.rows;

import org.jspecify.annotations.NullMarked;
