/** ORC files that are no table's, as columns found by name. */
@NullMarked
package dev.headwater.orc;

import org.jspecify.annotations.NullMarked;
