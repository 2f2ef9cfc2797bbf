/** What a project promises, beside what it promised at a commit of git, and whom that breaks. */
@NullMarked
package dev.headwater.pipelines.against;

import org.jspecify.annotations.NullMarked;
