/**
 * How far today's data is from what a model was trained on.
 *
 * <p>Reads: a model's profile of its training data, a table of scores. Writes: a table of
 * distances. Guarantees: exact, order-free statistics. Next: whoever watches the model.
 */
@NullMarked
package dev.headwater.drift;

import org.jspecify.annotations.NullMarked;
