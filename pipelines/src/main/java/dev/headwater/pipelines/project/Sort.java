package dev.headwater.pipelines.project;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.NullOrder;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;

/**
 * One field of the order of rows in a table's files: {@code day(time) desc}, {@code origin nulls
 * last}.
 *
 * @param by a column, or what a transform makes of it
 */
public record Sort(Partition by, boolean descending, boolean nullsFirst) {
  private static final Pattern FIELD =
      Pattern.compile(
          "\\s*(.+?)(?:\\s+(asc|desc))?(?:\\s+nulls\\s+(first|last))?\\s*",
          Pattern.CASE_INSENSITIVE);

  /** Least first, nulls before all. */
  public static Sort asc(Partition by) {
    return new Sort(by, false, true);
  }

  /** Greatest first, nulls after all. */
  public static Sort desc(Partition by) {
    return new Sort(by, true, false);
  }

  /**
   * Reads {@code day(time) desc nulls last} and the like; without a word about nulls they are the
   * least, as Iceberg has it.
   *
   * @throws IllegalArgumentException saying what can be written instead
   */
  public static Sort parse(String text) {
    Matcher m = FIELD.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException("'" + text + "' is no column. Write day(time) desc.");
    }
    boolean descending = "desc".equalsIgnoreCase(m.group(2));
    boolean first = m.group(3) == null ? !descending : m.group(3).equalsIgnoreCase("first");
    return new Sort(Partition.parse(m.group(1)), descending, first);
  }

  /**
   * The order of a table with this schema.
   *
   * @throws org.apache.iceberg.exceptions.ValidationException if a column is not there, or can't be
   *     sorted by
   */
  public static SortOrder order(Schema schema, List<Sort> fields) {
    SortOrder.Builder order = SortOrder.builderFor(schema);
    for (Sort field : fields) {
      NullOrder nulls = field.nullsFirst ? NullOrder.NULLS_FIRST : NullOrder.NULLS_LAST;
      if (field.descending) {
        order.desc(field.by.term(), nulls);
      } else {
        order.asc(field.by.term(), nulls);
      }
    }
    return order.build();
  }

  /** As it is written, without what goes without saying. */
  @Override
  public String toString() {
    String nulls = nullsFirst == descending ? " nulls " + (nullsFirst ? "first" : "last") : "";
    return by + (descending ? " desc" : "") + nulls;
  }
}
