package dev.headwater.derive;

import dev.headwater.catalog.SnapshotRef;
import dev.headwater.columns.expr.QueryPlan;
import dev.headwater.sort.Spill;
import dev.headwater.table.CheckedWriter;
import dev.headwater.table.Written;
import java.util.Map;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.Table;

/**
 * A query over several tables, or with windows, into the files of another. Bounded; on columns.
 * Rows that must meet are spilled, sorted, and merged by shard. The counts are of the rows that
 * come out.
 */
public final class DeriveQuery extends PTransform<PBegin, PCollection<Written>> {
  private static final long serialVersionUID = 1;

  private final QueryPlan plan;
  private final transient QuerySteps steps;
  private final CheckedWriter.Into into;

  /** A table's state that is read. */
  public record Input(Table table, SnapshotRef at) {}

  /**
   * Of the states of tables.
   *
   * @param inputs by the names that the plan has for them
   * @param spill where rows wait for others; the caller deletes it
   */
  public DeriveQuery(
      QueryPlan plan,
      Map<String, Input> inputs,
      CheckedWriter.Into into,
      Spill spill,
      int workers) {
    this.plan = plan;
    this.steps = new QuerySteps(inputs, into.table().name(), spill, workers);
    this.into = into;
  }

  /**
   * Looks whether all that a plan computes can be.
   *
   * @param target the table that is made
   * @throws dev.headwater.catalog.HeadwaterException USAGE if it aggregates what can't be kept
   */
  public static void check(String target, QueryPlan plan) {
    if (plan instanceof QueryPlan.Selected selected) {
      if (selected.select().groups() != null) {
        new GroupQuery(target, selected.select());
      }
      check(target, selected.from());
    } else if (plan instanceof QueryPlan.Windowed windowed) {
      windowed.calls().forEach(call -> new WindowColumn(target, call));
      check(target, windowed.from());
    } else if (plan instanceof QueryPlan.Joined join) {
      check(target, join.left().rows());
      check(target, join.right().rows());
    } else if (plan instanceof QueryPlan.Together together) {
      together.parts().forEach(part -> check(target, part));
    }
  }

  @Override
  public PCollection<Written> expand(PBegin begin) {
    CheckedWriter.Into to = into;
    return steps.of(begin, "Query", plan, () -> CheckedWriter.open(to), Written.coder());
  }
}
