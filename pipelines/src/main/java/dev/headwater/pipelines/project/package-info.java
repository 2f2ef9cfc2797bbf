/** The project as records, the same ones from headwater.yaml and from Java. */
@NullMarked
package dev.headwater.pipelines.project;

import org.jspecify.annotations.NullMarked;
