package dev.headwater.features;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.Micros;
import dev.headwater.columns.expr.Aggregate;
import dev.headwater.columns.expr.Expression;
import dev.headwater.sort.KeyCodec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** A view checked against its source's schema: what each event carries, and what is made of it. */
final class FeatureQuery implements Serializable {
  private static final long serialVersionUID = 1;

  private final FeatureView view;
  private final Schema source;
  private final Schema schema;
  private final @Nullable Expression known;
  private final List<Lane> lanes = new ArrayList<>();
  private final List<Value> values = new ArrayList<>();

  /** What a value is computed from: the numbers of its lanes; -1 where it has none. */
  private record Value(Aggregate aggregate, int count, int first, int second)
      implements Serializable {}

  FeatureQuery(FeatureView view, Schema source) {
    this.view = view;
    this.source = source;
    this.schema = view.schema(source);
    this.known = view.known() == null ? null : Expression.parse(view.known(), source);
    checkTime(schema.findType(view.time()));
    if (known != null) {
      checkTime(known.type());
    }
    Map<String, Integer> places = new LinkedHashMap<>();
    for (String sql : view.values().values()) {
      values.add(value(Aggregate.parse(sql, source), places));
    }
  }

  FeatureView view() {
    return view;
  }

  /** The view's own schema. */
  Schema schema() {
    return schema;
  }

  @Nullable Expression known() {
    return known;
  }

  List<Lane> lanes() {
    return lanes;
  }

  /** Whether events of one key and one moment can be made one. */
  boolean combines() {
    return lanes.stream().allMatch(lane -> lane.kind().combines());
  }

  KeyCodec keys() {
    return new KeyCodec(view.keys().stream().map(schema::findType).toList());
  }

  /** The columns of the source that are read. */
  Schema projection() {
    Set<String> names = new LinkedHashSet<>(view.keys());
    names.add(view.time());
    if (known != null) {
      names.addAll(known.columns());
    }
    values.forEach(value -> names.addAll(value.aggregate.columns()));
    return source.select(names);
  }

  /** New, empty windows: for each window, one for each value. */
  List<List<WindowState>> windows() {
    return view.windows().stream()
        .map(window -> values.stream().map(FeatureQuery::state).toList())
        .toList();
  }

  private void checkTime(Type type) {
    if (!Micros.holds(type)) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Feature view " + view.name() + " cannot tell time by a " + type + ".",
          "let its time and its 'known' be timestamps in microseconds, or dates.");
    }
  }

  private Value value(Aggregate aggregate, Map<String, Integer> places) {
    Expression argument = aggregate.argument().orElse(null);
    Expression filter = aggregate.filter().orElse(null);
    int count = lane(new Lane(Lane.Kind.COUNT, argument, filter), places);
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
      second = lane(new Lane(Lane.Kind.HIGH, argument, filter), places);
    } else if (wide || !numeric(type)) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Feature view "
              + view.name()
              + " cannot keep "
              + aggregate
              + " over a window: its argument is a "
              + type
              + ".",
          "cast it to a number of at most 18 digits, a double or a timestamp.");
    }
    return new Value(aggregate, count, lane(new Lane(kind, argument, filter), places), second);
  }

  private int lane(Lane lane, Map<String, Integer> places) {
    return places.computeIfAbsent(
        lane.id(),
        id -> {
          lanes.add(lane);
          return lanes.size() - 1;
        });
  }

  private static WindowState state(Value value) {
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
              aggregate.function() == Aggregate.Function.MAX, floating, value.count, value.first);
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
