/** Which of a project's targets are meant: by name, tag, owner, folder, or by what has changed. */
@NullMarked
package dev.headwater.pipelines.select;

import org.jspecify.annotations.NullMarked;
