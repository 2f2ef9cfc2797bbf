package dev.headwater.pipelines;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.NullOrder;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.Term;
import org.jspecify.annotations.Nullable;

/** {@code origin}, {@code day(time) desc}, {@code bucket(16, id) nulls last} as a sort order. */
final class SortFields {
  private static final Pattern FIELD =
      Pattern.compile(
          "(?:(\\w+)\\s*\\(\\s*(?:(\\d+)\\s*,\\s*)?)?([\\w.]+)\\s*\\)?"
              + "(?:\\s+(asc|desc))?(?:\\s+nulls\\s+(first|last))?",
          Pattern.CASE_INSENSITIVE);

  private SortFields() {}

  /**
   * The order.
   *
   * @throws IllegalArgumentException if a field is none
   */
  static SortOrder of(Schema schema, List<String> fields) {
    SortOrder.Builder order = SortOrder.builderFor(schema);
    for (String field : fields) {
      Matcher m = FIELD.matcher(field.strip());
      if (!m.matches()) {
        throw new IllegalArgumentException("'" + field + "' is no column");
      }
      Term term = term(m.group(1), m.group(2), m.group(3));
      boolean descending = "desc".equalsIgnoreCase(m.group(4));
      String nulls = m.group(5);
      boolean first = nulls == null ? !descending : nulls.equalsIgnoreCase("first");
      NullOrder where = first ? NullOrder.NULLS_FIRST : NullOrder.NULLS_LAST;
      if (descending) {
        order.desc(term, where);
      } else {
        order.asc(term, where);
      }
    }
    return order.build();
  }

  private static Term term(@Nullable String transform, @Nullable String size, String column) {
    if (transform == null) {
      return Expressions.ref(column);
    }
    int width = size == null ? 0 : Integer.parseInt(size);
    return switch (transform.toLowerCase(Locale.ROOT)) {
      case "year", "years" -> Expressions.year(column);
      case "month", "months" -> Expressions.month(column);
      case "day", "days" -> Expressions.day(column);
      case "hour", "hours" -> Expressions.hour(column);
      case "bucket" -> Expressions.bucket(column, width);
      case "truncate" -> Expressions.truncate(column, width);
      default -> throw new IllegalArgumentException("there is no transform " + transform);
    };
  }
}
