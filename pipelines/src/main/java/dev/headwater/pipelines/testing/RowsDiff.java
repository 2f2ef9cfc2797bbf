package dev.headwater.pipelines.testing;

import dev.headwater.pipelines.project.Tolerance;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * How rows differ from those that were expected, in whatever order both are.
 *
 * @param fields the columns that count
 * @param changed rows that are there in the place of expected ones that they are most like
 * @param missing expected rows that nothing is like
 * @param unexpected rows that are like nothing that was expected
 */
record RowsDiff(
    List<Types.NestedField> fields,
    List<Pair> changed,
    List<@Nullable Object[]> missing,
    List<@Nullable Object[]> unexpected) {
  /** Beyond so many rows that differ nobody looks which are alike. */
  private static final int PAIRED = 500;

  private static final Object NULL = new Object();

  /** An expected row, and the one that is there. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Pair(@Nullable Object[] expected, @Nullable Object[] there) {}

  boolean isEmpty() {
    return changed.isEmpty() && missing.isEmpty() && unexpected.isEmpty();
  }

  /**
   * The difference.
   *
   * @param some whether there may be others than those that are expected
   */
  static RowsDiff of(
      List<Types.NestedField> fields,
      List<@Nullable Object[]> expected,
      List<@Nullable Object[]> there,
      Tolerance tolerance,
      boolean some) {
    double[] near = fields.stream().mapToDouble(f -> tolerance.of(f.name())).toArray();
    Map<List<Object>, Deque<@Nullable Object[]>> same = new LinkedHashMap<>();
    there.forEach(row -> same.computeIfAbsent(key(row), k -> new ArrayDeque<>()).add(row));
    List<@Nullable Object[]> missing = new ArrayList<>();
    for (@Nullable Object[] row : expected) {
      Deque<@Nullable Object[]> equal = same.get(key(row));
      if (equal == null || equal.poll() == null) {
        missing.add(row);
      }
    }
    List<@Nullable Object[]> left = new ArrayList<>();
    same.values().forEach(left::addAll);
    Iterator<@Nullable Object[]> wanted = missing.iterator();
    while (wanted.hasNext()) {
      @Nullable Object[] row = wanted.next();
      for (int i = 0; i < left.size(); i++) {
        if (equal(fields, near, row, left.get(i)) == fields.size()) {
          left.remove(i);
          wanted.remove();
          break;
        }
      }
    }
    List<Pair> changed = missing.size() > PAIRED ? List.of() : pairs(fields, near, missing, left);
    return new RowsDiff(fields, changed, missing, some ? List.of() : left);
  }

  /** Takes rows that are alike in half of their columns at least out of both lists. */
  private static List<Pair> pairs(
      List<Types.NestedField> fields,
      double[] near,
      List<@Nullable Object[]> missing,
      List<@Nullable Object[]> left) {
    List<Pair> pairs = new ArrayList<>();
    for (int alike = fields.size() - 1; alike * 2 >= fields.size() && alike > 0; alike--) {
      Iterator<@Nullable Object[]> wanted = missing.iterator();
      while (wanted.hasNext()) {
        @Nullable Object[] row = wanted.next();
        for (int i = 0; i < Math.min(left.size(), PAIRED); i++) {
          if (equal(fields, near, row, left.get(i)) == alike) {
            pairs.add(new Pair(row, left.remove(i)));
            wanted.remove();
            break;
          }
        }
      }
    }
    return pairs;
  }

  /** Which of the columns of a pair differ. */
  boolean differs(Pair pair, int column, Tolerance tolerance) {
    Types.NestedField field = fields.get(column);
    return !equal(
        field.type(), pair.expected()[column], pair.there()[column], tolerance.of(field.name()));
  }

  /** In how many columns two rows are equal. */
  private static int equal(
      List<Types.NestedField> fields, double[] near, @Nullable Object[] a, @Nullable Object[] b) {
    int equal = 0;
    for (int i = 0; i < near.length; i++) {
      equal += equal(fields.get(i).type(), a[i], b[i], near[i]) ? 1 : 0;
    }
    return equal;
  }

  private static boolean equal(Type type, @Nullable Object a, @Nullable Object b, double near) {
    if (a == null || b == null) {
      return a == b;
    }
    return switch (type.typeId()) {
      case FLOAT, DOUBLE -> near(((Number) a).doubleValue(), ((Number) b).doubleValue(), near);
      case DECIMAL ->
          ((BigDecimal) a).compareTo((BigDecimal) b) == 0
              || near(((Number) a).doubleValue(), ((Number) b).doubleValue(), near);
      case LIST -> {
        List<?> left = (List<?>) a;
        List<?> right = (List<?>) b;
        Type element = type.asListType().elementType();
        boolean equal = left.size() == right.size();
        for (int i = 0; equal && i < left.size(); i++) {
          equal = equal(element, left.get(i), right.get(i), near);
        }
        yield equal;
      }
      case STRUCT -> {
        List<Types.NestedField> fields = type.asStructType().fields();
        double[] all = new double[fields.size()];
        Arrays.fill(all, near);
        yield equal(fields, all, (Object[]) a, (Object[]) b) == fields.size();
      }
      default -> a.equals(b);
    };
  }

  private static boolean near(double a, double b, double by) {
    return Double.compare(a, b) == 0
        || Math.abs(a - b) <= by * Math.max(1, Math.max(Math.abs(a), Math.abs(b)));
  }

  /** What equal rows have equal. */
  private static List<Object> key(@Nullable Object[] row) {
    List<Object> key = new ArrayList<>();
    for (Object value : row) {
      key.add(
          value instanceof Object[] struct ? key(struct) : Objects.requireNonNullElse(value, NULL));
    }
    return key;
  }
}
