package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.expr.ExpressionException;
import dev.headwater.columns.expr.QueryPlan;
import dev.headwater.columns.expr.SelectPlan;
import dev.headwater.derive.DeriveQuery;
import dev.headwater.derive.DeriveThrough;
import dev.headwater.pipelines.project.DerivedDecl;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.iceberg.Schema;

/** What a derived table's declaration makes of columns. */
final class Derived {
  private Derived() {}

  /**
   * The query over the columns that its table has.
   *
   * @throws HeadwaterException USAGE if it does not fit them
   */
  static SelectPlan selection(DerivedDecl table, Schema source) {
    try {
      return table.query().over(source);
    } catch (ExpressionException e) {
      throw unfit(table, e);
    }
  }

  /**
   * How the rows of a query come about, over the columns that its tables have.
   *
   * @throws HeadwaterException USAGE if it does not fit them
   */
  static QueryPlan plan(DerivedDecl table, Map<String, Schema> sources) {
    try {
      QueryPlan plan = table.query().over(sources);
      DeriveQuery.check(table.name(), plan);
      return plan;
    } catch (ExpressionException e) {
      throw unfit(table, e);
    }
  }

  private static HeadwaterException unfit(DerivedDecl table, ExpressionException e) {
    return new HeadwaterException(
        HeadwaterException.Kind.USAGE,
        "Cannot make table " + table.name() + ": " + e.getMessage() + ".",
        "mend tables." + table.name() + ".sql.",
        e);
  }

  /** The user's transform. */
  static DeriveThrough.By by(DerivedDecl table) {
    var through = Objects.requireNonNull(table.through(), "no transform");
    return new DeriveThrough.By(
        "Transform " + through.java() + " of table " + table.name(), through.transform());
  }

  /**
   * The columns that come out; empty where those that go in aren't known, or the query does not fit
   * them.
   *
   * @throws HeadwaterException USAGE if the transform can't be put into a pipeline
   */
  static Optional<Schema> schema(DerivedDecl table, Map<String, Schema> known) {
    Map<String, Schema> inputs = new LinkedHashMap<>();
    for (String name : table.from()) {
      Schema schema = known.get(name);
      if (schema == null) {
        return Optional.empty();
      }
      inputs.put(name, schema);
    }
    if (inputs.isEmpty()) {
      return Optional.empty();
    }
    if (table.sql() == null) {
      return Optional.of(by(table).outcome(inputs));
    }
    try {
      return Optional.of(table.query().over(inputs).schema());
    } catch (ExpressionException e) {
      // Said with its place by the check of the project.
      return Optional.empty();
    }
  }
}
