/** One class per job, one page each; the plan: what is stale, and in which order. */
@NullMarked
package dev.headwater.pipelines;

import org.jspecify.annotations.NullMarked;
