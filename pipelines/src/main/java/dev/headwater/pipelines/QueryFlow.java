package dev.headwater.pipelines;

import dev.headwater.columns.expr.Aggregate;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.QueryPlan;
import dev.headwater.columns.expr.WindowCall;
import dev.headwater.lineage.ColumnSource;
import dev.headwater.lineage.DataSetName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Which columns of its tables are in which columns that a query gives, step by step. */
final class QueryFlow {
  private QueryFlow() {}

  /**
   * A query's flow.
   *
   * @param names what lineage calls its tables
   */
  static ColumnFlow.Flow of(QueryPlan plan, Map<String, DataSetName> names) {
    if (plan instanceof QueryPlan.Scan scan) {
      DataSetName name = Objects.requireNonNull(names.get(scan.table()));
      Map<String, List<ColumnSource>> columns = new LinkedHashMap<>();
      for (Types.NestedField field : scan.schema().columns()) {
        columns.put(field.name(), List.of(ColumnSource.identity(name, field.name())));
      }
      return new ColumnFlow.Flow(columns, List.of());
    }
    if (plan instanceof QueryPlan.Selected selected) {
      return SelectFlow.of(selected.select(), of(selected.from(), names));
    }
    if (plan instanceof QueryPlan.Joined join) {
      return joined(join, of(join.left().rows(), names), of(join.right().rows(), names));
    }
    if (plan instanceof QueryPlan.Windowed windowed) {
      return windowed(windowed, of(windowed.from(), names));
    }
    return together((QueryPlan.Together) plan, names);
  }

  private static ColumnFlow.Flow joined(
      QueryPlan.Joined join, ColumnFlow.Flow left, ColumnFlow.Flow right) {
    List<Types.NestedField> fields = join.schema().columns();
    Map<String, List<ColumnSource>> columns = new LinkedHashMap<>();
    int at = 0;
    for (Types.NestedField field : join.left().rows().schema().columns()) {
      columns.put(fields.get(at++).name(), same(left, field.name()));
    }
    for (Types.NestedField field : join.right().rows().schema().columns()) {
      columns.put(fields.get(at++).name(), same(right, field.name()));
    }
    List<ColumnSource> rows = new ArrayList<>(left.rows());
    rows.addAll(right.rows());
    met(join.left(), left, rows);
    met(join.right(), right, rows);
    return new ColumnFlow.Flow(columns, rows);
  }

  private static void met(QueryPlan.Side side, ColumnFlow.Flow flow, List<ColumnSource> rows) {
    for (Expression key : side.keys()) {
      key.columns().forEach(c -> rows.addAll(steers(flow, c, "JOIN", "key")));
    }
    Expression meets = side.meets();
    if (meets != null) {
      String said = FlowLook.bare(meets.canonical());
      meets.columns().forEach(c -> rows.addAll(steers(flow, c, "JOIN", said)));
    }
  }

  private static ColumnFlow.Flow windowed(QueryPlan.Windowed plan, ColumnFlow.Flow from) {
    Map<String, List<ColumnSource>> columns = new LinkedHashMap<>(from.columns());
    List<Types.NestedField> fields = plan.schema().columns();
    int first = fields.size() - plan.calls().size();
    for (int i = 0; i < plan.calls().size(); i++) {
      columns.put(fields.get(first + i).name(), called(plan, plan.calls().get(i), from));
    }
    return new ColumnFlow.Flow(columns, from.rows());
  }

  private static List<ColumnSource> called(
      QueryPlan.Windowed plan, WindowCall call, ColumnFlow.Flow from) {
    List<ColumnSource> sources = new ArrayList<>();
    Aggregate aggregate = call.aggregate();
    if (aggregate != null) {
      sources.addAll(aggregated(from, aggregate, call.text()));
    }
    for (Expression value : present(call.argument(), call.otherwise())) {
      value.columns().forEach(c -> sources.addAll(computed(from, c, call.text())));
    }
    for (Expression key : plan.partition()) {
      key.columns().forEach(c -> sources.addAll(steers(from, c, "WINDOW", call.text())));
    }
    for (QueryPlan.Order order : plan.order()) {
      order.by().columns().forEach(c -> sources.addAll(steers(from, c, "WINDOW", call.text())));
    }
    return sources;
  }

  private static List<Expression> present(@Nullable Expression a, @Nullable Expression b) {
    List<Expression> out = new ArrayList<>();
    if (a != null) {
      out.add(a);
    }
    if (b != null) {
      out.add(b);
    }
    return out;
  }

  private static ColumnFlow.Flow together(QueryPlan.Together plan, Map<String, DataSetName> names) {
    Map<String, List<ColumnSource>> columns = new LinkedHashMap<>();
    List<ColumnSource> rows = new ArrayList<>();
    for (QueryPlan part : plan.parts()) {
      ColumnFlow.Flow flow = of(part, names);
      flow.columns()
          .forEach((c, of) -> columns.computeIfAbsent(c, k -> new ArrayList<>()).addAll(of));
      rows.addAll(flow.rows());
    }
    return new ColumnFlow.Flow(columns, rows);
  }

  /** A column as it is. */
  static List<ColumnSource> same(ColumnFlow.Flow from, String column) {
    return from.columns().getOrDefault(column, List.of());
  }

  /** What is computed of a column, a row at a time. */
  static List<ColumnSource> computed(ColumnFlow.Flow from, String column, String said) {
    return same(from, column).stream()
        .map(
            s ->
                s.type() == ColumnSource.Type.DIRECT && s.subtype().equals("IDENTITY")
                    ? ColumnSource.transformation(s.dataSet(), s.column(), said)
                    : s)
        .toList();
  }

  /** What an aggregate makes of the columns that it reads. */
  static List<ColumnSource> aggregated(ColumnFlow.Flow from, Aggregate value, String said) {
    List<ColumnSource> sources = new ArrayList<>();
    value
        .argument()
        .ifPresent(
            argument -> {
              for (String column : argument.columns()) {
                for (ColumnSource s : same(from, column)) {
                  sources.add(
                      s.type() == ColumnSource.Type.DIRECT
                          ? ColumnSource.aggregation(s.dataSet(), s.column(), said)
                          : s);
                }
              }
            });
    value
        .filter()
        .ifPresent(f -> f.columns().forEach(c -> sources.addAll(steers(from, c, "FILTER", said))));
    return sources;
  }

  /** A column that decides which rows there are, or which count. */
  static List<ColumnSource> steers(
      ColumnFlow.Flow from, String column, String subtype, String said) {
    return same(from, column).stream()
        .map(
            s ->
                s.type() == ColumnSource.Type.DIRECT
                    ? ColumnSource.indirect(s.dataSet(), s.column(), subtype, said)
                    : s)
        .toList();
  }
}
