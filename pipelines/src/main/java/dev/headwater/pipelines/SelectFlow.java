package dev.headwater.pipelines;

import dev.headwater.columns.expr.Aggregate;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.SelectPlan;
import dev.headwater.lineage.ColumnSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which columns of what it reads are in which columns that a selection gives. */
final class SelectFlow {
  private final SelectPlan selection;
  private final ColumnFlow.Flow from;

  private SelectFlow(SelectPlan selection, ColumnFlow.Flow from) {
    this.selection = selection;
    this.from = from;
  }

  /**
   * A selection's flow.
   *
   * @param from where the columns that it reads come from
   */
  static ColumnFlow.Flow of(SelectPlan selection, ColumnFlow.Flow from) {
    SelectFlow flow = new SelectFlow(selection, from);
    Map<String, List<ColumnSource>> columns = new LinkedHashMap<>();
    for (int i = 0; i < selection.values().size(); i++) {
      String name = selection.schema().columns().get(i).name();
      columns.put(name, flow.value(selection.values().get(i)));
    }
    return new ColumnFlow.Flow(columns, flow.rows());
  }

  private List<ColumnSource> value(Expression value) {
    SelectPlan.Groups groups = selection.groups();
    if (groups == null) {
      return computed(value);
    }
    boolean alone = value.columns().size() == 1 && value.canonical().startsWith("\"$");
    List<ColumnSource> sources = new ArrayList<>();
    for (String column : value.columns()) {
      int at = groups.schema().columns().indexOf(groups.schema().findField(column));
      if (at >= groups.keys().size()) {
        sources.addAll(aggregated(groups.aggregates().get(at - groups.keys().size())));
      } else if (alone) {
        sources.addAll(computed(groups.keys().get(at)));
      } else {
        Expression key = groups.keys().get(at);
        key.columns().forEach(c -> sources.addAll(QueryFlow.computed(from, c, key.canonical())));
      }
    }
    return sources;
  }

  private List<ColumnSource> computed(Expression value) {
    List<ColumnSource> sources = new ArrayList<>();
    for (String column : value.columns()) {
      boolean same = value.canonical().equals("\"" + column + "\"");
      sources.addAll(
          same
              ? QueryFlow.same(from, column)
              : QueryFlow.computed(from, column, FlowLook.bare(value.canonical())));
    }
    return sources;
  }

  private List<ColumnSource> aggregated(Aggregate value) {
    return QueryFlow.aggregated(from, value, value.toString());
  }

  /** What decides which rows there are. */
  private List<ColumnSource> rows() {
    List<ColumnSource> rows = new ArrayList<>(from.rows());
    Expression where = selection.where();
    if (where != null) {
      String said = FlowLook.bare(where.canonical());
      where.columns().forEach(c -> rows.addAll(QueryFlow.steers(from, c, "FILTER", said)));
    }
    SelectPlan.Groups groups = selection.groups();
    if (groups != null) {
      for (Expression key : groups.keys()) {
        key.columns().forEach(c -> rows.addAll(QueryFlow.steers(from, c, "GROUP_BY", "key")));
      }
      Expression having = groups.having();
      if (having != null) {
        for (String column : having.columns()) {
          groups
              .columns(column)
              .forEach(c -> rows.addAll(QueryFlow.steers(from, c, "FILTER", "having")));
        }
      }
    }
    return rows;
  }
}
