/**
 * Windowed aggregates of what was known before a time, by key.
 *
 * <p>Reads: a table's snapshot. Writes: a feature view, one row for each key and time. Guarantees:
 * only what was known strictly before; the same bits on any runner. Next: train and score join it.
 */
@NullMarked
package dev.headwater.features;

import org.jspecify.annotations.NullMarked;
