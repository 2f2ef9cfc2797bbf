package dev.headwater.columns.expr;

import java.io.Serializable;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * What is computed of the rows around one: {@code row_number() over (...)}.
 *
 * @param text as it was written, for messages and lineage
 * @param aggregate of the frame's rows; null for all other functions
 * @param argument whose value of another row is taken; null where it takes none
 * @param number how many rows away, which of the frame, into how many parts
 * @param otherwise what stands in for a row that isn't there; null: null
 */
public record WindowCall(
    Function function,
    String text,
    @Nullable Aggregate aggregate,
    @Nullable Expression argument,
    long number,
    @Nullable Expression otherwise,
    Frame frame,
    Type type)
    implements Serializable {

  /** What is computed. */
  public enum Function {
    ROW_NUMBER,
    RANK,
    DENSE_RANK,
    PERCENT_RANK,
    CUME_DIST,
    NTILE,
    LAG,
    LEAD,
    FIRST_VALUE,
    LAST_VALUE,
    NTH_VALUE,
    AGGREGATE
  }

  /**
   * Which rows of the partition a row sees.
   *
   * @param peers whether rows of the same order come and go together (RANGE)
   * @param from the first one, counted from the row; {@link #UNBOUNDED_PRECEDING}: all before
   * @param to the last one; {@link #UNBOUNDED_FOLLOWING}: all after
   */
  public record Frame(boolean peers, long from, long to) implements Serializable {
    public static final long UNBOUNDED_PRECEDING = Long.MIN_VALUE;
    public static final long UNBOUNDED_FOLLOWING = Long.MAX_VALUE;
  }

  /** The columns that it reads. */
  public Set<String> columns() {
    Set<String> names = new LinkedHashSet<>();
    if (aggregate != null) {
      names.addAll(aggregate.columns());
    }
    if (argument != null) {
      names.addAll(argument.columns());
    }
    if (otherwise != null) {
      names.addAll(otherwise.columns());
    }
    return names;
  }
}
