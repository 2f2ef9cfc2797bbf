package dev.headwater.validate;

import dev.headwater.columns.Bits;
import dev.headwater.columns.RowBatch;
import org.jspecify.annotations.Nullable;

/**
 * One thing that rows must be.
 *
 * @param code for programs: {@code required}, {@code min}, {@code max}, {@code allowed}, {@code
 *     pattern}, or a rule's own name
 * @param reason a sentence for people
 * @param column the column it looks at, if it is one
 */
record Rule(String code, String reason, @Nullable String column, Test test) {
  /** The bad rows of a batch; null where there is none. */
  @FunctionalInterface
  interface Test {
    @Nullable Bits bad(RowBatch batch);
  }
}
