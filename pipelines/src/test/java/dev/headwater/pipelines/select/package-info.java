/** Tests of what selectors mean. */
@NullMarked
package dev.headwater.pipelines.select;

import org.jspecify.annotations.NullMarked;
