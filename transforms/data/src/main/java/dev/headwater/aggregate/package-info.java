/**
 * Aggregates over sorted rows: the numbers that rows carry for them, and what is made of those.
 *
 * <p>Reads: columns. Writes: nothing. Guarantees: sums are exact until they are rounded once, so no
 * result depends on the rows' order. Next: features over windows of time, derive over groups.
 */
@NullMarked
package dev.headwater.aggregate;

import org.jspecify.annotations.NullMarked;
