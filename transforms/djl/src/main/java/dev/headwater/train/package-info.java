/**
 * Networks from pinned snapshots.
 *
 * <p>Reads: a spine and its feature views, pinned. Writes: a model's folder. Guarantees: the same
 * data digest on any runner, the same weights on the same machine. Next: the registry, then score.
 */
@NullMarked
package dev.headwater.train;

import org.jspecify.annotations.NullMarked;
