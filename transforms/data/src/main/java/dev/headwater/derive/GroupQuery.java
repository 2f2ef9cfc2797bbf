package dev.headwater.derive;

import dev.headwater.aggregate.Aggregation;
import dev.headwater.aggregate.KeyedRows;
import dev.headwater.aggregate.Lane;
import dev.headwater.columns.expr.SelectPlan;
import dev.headwater.sort.RunOrder;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/** A query that groups: what each row carries to its group, and in which order rows meet. */
final class GroupQuery implements Serializable {
  private static final long serialVersionUID = 1;

  /** All rows of a group are of one moment. */
  static final RunOrder ORDER = RunOrder.by(KeyedRows.KEY);

  private final SelectPlan selection;
  private final GroupKeys keys;
  private final Aggregation aggregation;
  private final int rows;

  /**
   * @param name the table that is made, for messages
   */
  GroupQuery(String name, SelectPlan selection) {
    this.selection = selection;
    this.keys = new GroupKeys(groups().keys());
    this.aggregation = new Aggregation("Table " + name, groups().aggregates());
    this.rows = aggregation.lane(Lane.ROWS);
  }

  SelectPlan selection() {
    return selection;
  }

  SelectPlan.Groups groups() {
    return Objects.requireNonNull(selection.groups(), "a query that groups");
  }

  GroupKeys keys() {
    return keys;
  }

  Aggregation aggregation() {
    return aggregation;
  }

  /** The number that tells how many rows there are. */
  int rows() {
    return rows;
  }

  /** The columns of rows on their way to their groups. */
  Schema spilled() {
    List<Types.NestedField> fields = new ArrayList<>();
    fields.add(Types.NestedField.required(1, "key", Types.BinaryType.get()));
    fields.add(Types.NestedField.required(2, "time", Types.LongType.get()));
    for (int i = 0; i < aggregation.lanes().size(); i++) {
      fields.add(Types.NestedField.required(3 + i, "lane" + i, Types.LongType.get()));
    }
    return new Schema(fields);
  }
}
