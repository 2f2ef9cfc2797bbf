package dev.headwater.ingest;

import dev.headwater.columns.expr.Expression;
import dev.headwater.table.LetterWatch;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What rows must pass besides their check.
 *
 * @param watch stops work that makes too many letters
 * @param only rows for which this is not true are left out, and counted; null: none
 */
record Gate(LetterWatch.Factory watch, @Nullable Expression only) implements Serializable {
  static final Gate OPEN = new Gate(LetterWatch.NONE, null);
}
