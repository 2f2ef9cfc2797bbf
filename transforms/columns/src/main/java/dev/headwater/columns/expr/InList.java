package dev.headwater.columns.expr;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whether a value is one of several constants; null if it is not and one of them is null. */
final class InList extends Node {
  final Node value;
  final List<Object> constants;
  final boolean withNull;
  private final long[] numbers;
  private final Set<Object> others = new HashSet<>();

  private InList(Node value, List<Object> constants, boolean withNull) {
    super(SqlTypes.BOOLEAN, false, List.of(value));
    this.value = value;
    this.constants = constants;
    this.withNull = withNull;
    this.numbers =
        constants.stream()
            .filter(c -> c instanceof Integer || c instanceof Long)
            .mapToLong(c -> ((Number) c).longValue())
            .sorted()
            .toArray();
    for (Object constant : constants) {
      boolean bytes = SqlTypes.held(value.type) == SqlTypes.Held.BYTES;
      others.add(bytes ? ByteBuffer.wrap(Cells.toBytes(constant)) : zero(constant));
    }
  }

  /** A search in a list if all items are constants, else one comparison after the other. */
  static Node of(Node value, List<Node> items) {
    List<Node> met = items.stream().map(i -> Operators.meet(i, value.type)).toList();
    for (Node item : met) {
      Operators.comparable(value, item);
    }
    List<Node> all = new ArrayList<>(met);
    all.add(0, value);
    boolean simple =
        !(value instanceof Constant) && met.stream().allMatch(i -> i instanceof Constant);
    if (!simple) {
      return Logic.of(
          false, met.stream().map(i -> Operators.compare(Comparison.Op.EQ, value, i)).toList());
    }
    List<Node> same = Operators.unify(all, "IN");
    List<Object> constants = new ArrayList<>();
    boolean withNull = false;
    for (Node item : same.subList(1, same.size())) {
      Object constant = ((Constant) item).value;
      withNull |= constant == null;
      if (constant != null && !isNaN(constant)) {
        constants.add(constant);
      }
    }
    return new InList(same.get(0), constants, withNull);
  }

  private static boolean isNaN(Object value) {
    return value instanceof Double d && d.isNaN() || value instanceof Float f && f.isNaN();
  }

  /** One zero of the two. */
  private static Object zero(Object value) {
    if (value instanceof Double d) {
      return d + 0.0;
    }
    return value instanceof Float f ? (Object) (f + 0.0f) : value;
  }

  @Override
  Column compute(Rows rows) {
    Column column = value.evaluate(rows);
    boolean[] out = new boolean[rows.size()];
    if (column instanceof LongColumn || column instanceof IntColumn) {
      long[] values = Compare.longs(column);
      for (int i = 0; i < out.length; i++) {
        out[i] = Arrays.binarySearch(numbers, values[i]) >= 0;
      }
    } else if (SqlTypes.held(value.type) == SqlTypes.Held.BYTES) {
      BytesColumn bytes = Cells.plain(column);
      for (int i = 0; i < out.length; i++) {
        out[i] =
            others.contains(ByteBuffer.wrap(bytes.data(), bytes.offsets()[i], bytes.length(i)));
      }
    } else {
      for (int i = 0; i < out.length; i++) {
        Object cell = Cells.at(column, value.type, i);
        out[i] = cell != null && others.contains(zero(cell));
      }
    }
    Bits nulls = column.nulls();
    Comparison.clear(out, nulls);
    if (!withNull) {
      return BooleanColumn.of(out, nulls);
    }
    long[] unknown = new long[Bits.words(out.length)];
    for (int i = 0; i < out.length; i++) {
      unknown[i >>> 6] |= out[i] ? 0 : 1L << i;
    }
    return BooleanColumn.of(out, Bits.of(unknown, out.length));
  }
}
