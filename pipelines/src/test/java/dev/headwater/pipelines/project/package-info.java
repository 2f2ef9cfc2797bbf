/** Tests of the project as records. */
@NullMarked
package dev.headwater.pipelines.project;

import org.jspecify.annotations.NullMarked;
