package dev.headwater.aggregate;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.expr.Aggregate;
import dev.headwater.columns.expr.Expression;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** What rows carry for some aggregates, and what is made of it. */
public final class Aggregation implements Serializable {
  private static final long serialVersionUID = 1;

  private final List<Lane> lanes = new ArrayList<>();
  private final HashMap<String, Integer> places = new HashMap<>();
  private final List<Value> values = new ArrayList<>();

  /** What a value is computed from: the numbers of its lanes; -1 where it has none. */
  private record Value(Aggregate aggregate, int count, int first, int second)
      implements Serializable {}

  /**
   * For these aggregates, in their order.
   *
   * @param what for the message: "Feature view airport_delays"
   * @throws HeadwaterException USAGE if one is of a type that can't be kept
   */
  public Aggregation(String what, List<Aggregate> aggregates) {
    aggregates.forEach(aggregate -> values.add(value(what, aggregate)));
  }

  /** The numbers that a row carries. */
  public List<Lane> lanes() {
    return lanes;
  }

  /** The place of a number, which rows carry from now on if they don't already. */
  public int lane(Lane lane) {
    return places.computeIfAbsent(
        lane.id(),
        id -> {
          lanes.add(lane);
          return lanes.size() - 1;
        });
  }

  /** Whether two rows of one key and one moment can be made one. */
  public boolean combines() {
    return lanes.stream().allMatch(lane -> lane.kind().combines());
  }

  /** The columns that are read. */
  public Set<String> columns() {
    Set<String> names = new LinkedHashSet<>();
    values.forEach(value -> names.addAll(value.aggregate.columns()));
    return names;
  }

  /** New, empty windows, one for each aggregate. */
  public List<WindowState> windows() {
    return values.stream().map(value -> state(value, true)).toList();
  }

  /** New, empty states that only grow, of constant size, one for each aggregate. */
  public List<WindowState> totals() {
    return values.stream().map(value -> state(value, false)).toList();
  }

  private Value value(String what, Aggregate aggregate) {
    Expression argument = aggregate.argument().orElse(null);
    Expression filter = aggregate.filter().orElse(null);
    int count = lane(new Lane(Lane.Kind.COUNT, argument, filter));
    if (argument == null) {
      return new Value(aggregate, count, -1, -1);
    }
    Type type = argument.type();
    boolean wide = type instanceof Types.DecimalType decimal && decimal.precision() > 18;
    int second = -1;
    Lane.Kind kind =
        switch (aggregate.function()) {
          case COUNT -> null;
          case SHARE -> Lane.Kind.TRUE;
          case SUM, AVG -> floating(type) ? Lane.Kind.BITS : wide ? Lane.Kind.LOW : Lane.Kind.SUM;
          case MIN -> Lane.Kind.MIN;
          case MAX -> Lane.Kind.MAX;
          case STDDEV, VARIANCE -> floating(type) ? Lane.Kind.BITS : Lane.Kind.VALUE;
        };
    if (kind == null) {
      return new Value(aggregate, count, -1, -1);
    }
    if (kind == Lane.Kind.LOW) {
      second = lane(new Lane(Lane.Kind.HIGH, argument, filter));
    } else if (wide || !numeric(type)) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          what + " cannot keep " + aggregate + ": its argument is a " + type + ".",
          "cast it to a number of at most 18 digits, a double or a timestamp.");
    }
    return new Value(aggregate, count, lane(new Lane(kind, argument, filter)), second);
  }

  private static WindowState state(Value value, boolean slides) {
    Aggregate aggregate = value.aggregate;
    Expression argument = aggregate.argument().orElse(null);
    if (aggregate.function() == Aggregate.Function.COUNT || argument == null) {
      return new CountState(value.count);
    }
    Type type = argument.type();
    boolean floating = floating(type);
    int scale = type instanceof Types.DecimalType decimal ? decimal.scale() : 0;
    boolean mean = aggregate.function() == Aggregate.Function.AVG;
    return switch (aggregate.function()) {
      case COUNT -> new CountState(value.count);
      case SHARE -> new ShareState(value.count, value.first);
      case SUM, AVG ->
          floating
              ? new DoubleSumState(mean, value.count, value.first)
              : new IntegerSumState(
                  mean
                      ? IntegerSumState.Result.MEAN
                      : type instanceof Types.DecimalType
                          ? IntegerSumState.Result.DECIMAL
                          : IntegerSumState.Result.LONG,
                  value.count,
                  value.second,
                  value.first,
                  scale);
      case MIN, MAX ->
          new ExtremeState(
              aggregate.function() == Aggregate.Function.MAX,
              floating,
              slides,
              value.count,
              value.first);
      case STDDEV, VARIANCE ->
          new VarianceState(
              aggregate.function() == Aggregate.Function.STDDEV,
              floating,
              value.count,
              value.first,
              scale);
    };
  }

  private static boolean floating(Type type) {
    return type.typeId() == Type.TypeID.DOUBLE || type.typeId() == Type.TypeID.FLOAT;
  }

  private static boolean numeric(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN, INTEGER, LONG, FLOAT, DOUBLE, DECIMAL -> true;
      case DATE, TIME, TIMESTAMP, TIMESTAMP_NANO -> true;
      default -> false;
    };
  }
}
