/**
 * How tables change: the committer, which brings every commit to its table exactly once, and tags.
 */
@NullMarked
package dev.headwater.catalog.commit;

import org.jspecify.annotations.NullMarked;
