/**
 * Predictions from a model for the rows of a table.
 *
 * <p>Reads: a spine, its feature views, a model version. Writes: a table of predictions.
 * Guarantees: one model version for a whole run, written into every row. Next: drift.
 */
@NullMarked
package dev.headwater.score;

import org.jspecify.annotations.NullMarked;
