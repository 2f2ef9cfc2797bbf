package dev.headwater.pipelines.against;

import dev.headwater.pipelines.project.Target;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is not as it was.
 *
 * @param column the column that it is about, by its old name; null: the target
 * @param what from what to what, in a few words; may be empty
 */
record Change(Reason reason, Target target, @Nullable String column, String what) {
  /** As people name what it is about. */
  String subject() {
    return target + (column == null ? "" : "." + column);
  }
}
