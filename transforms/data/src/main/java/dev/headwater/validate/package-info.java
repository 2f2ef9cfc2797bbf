/**
 * Rows against their contract.
 *
 * <p>Reads: batches on their way into a table. Writes: the good ones on, the bad ones as dead
 * letters with a reason. Guarantees: no row is dropped. Next: the table, and its letters.
 */
@NullMarked
package dev.headwater.validate;

import org.jspecify.annotations.NullMarked;
