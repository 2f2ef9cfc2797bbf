/** Tests of the project as records. */
@NullMarked
package dev.headwater.pipelines;

import org.jspecify.annotations.NullMarked;
