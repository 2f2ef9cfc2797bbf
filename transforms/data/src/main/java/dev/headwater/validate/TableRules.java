package dev.headwater.validate;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.table.ColumnPath;
import dev.headwater.table.PartitionRange;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * What rows must be so that a table can hold them, whatever its contract says.
 *
 * @param key columns that tell rows apart: none of them is null
 * @param ranges what its partitioning has partitions for
 */
public record TableRules(List<String> key, List<PartitionRange> ranges) implements Serializable {
  private static final long serialVersionUID = 1;

  /** Any row. */
  public static final TableRules NONE = new TableRules(List.of(), List.of());

  /** The code of letters without a key. */
  public static final String KEY = "key";

  /** The code of letters that no partition is for. */
  public static final String PARTITION = "partition";

  public TableRules {
    key = new ArrayList<>(key);
    ranges = new ArrayList<>(ranges);
  }

  /**
   * A table's.
   *
   * @param key of its upserts; empty for none
   */
  public static TableRules of(Table table, List<String> key) {
    return new TableRules(key, PartitionRange.of(table.schema(), table.spec()));
  }

  /** Whether every row can be held. */
  public boolean isEmpty() {
    return key.isEmpty() && ranges.isEmpty();
  }

  /** For batches of a schema, by name; columns that they lack break no rule. */
  List<Rule> of(Schema schema) {
    List<Rule> rules = new ArrayList<>();
    for (String column : key) {
      Types.NestedField field = schema.asStruct().field(column);
      if (field != null) {
        int at = schema.columns().indexOf(field);
        rules.add(
            new Rule(
                KEY, "a column of its key is null", column, batch -> batch.column(at).nulls()));
      }
    }
    for (PartitionRange range : ranges) {
      Types.NestedField field = schema.findField(range.column());
      if (field != null) {
        ColumnPath path = ColumnPath.of(schema, range.column());
        String column = schema.asStruct().field(range.column()) == null ? null : range.column();
        rules.add(
            new Rule(
                PARTITION,
                range.reason(),
                column,
                batch -> outside(path.in(batch), field.type(), range)));
      }
    }
    return rules;
  }

  private static @Nullable Bits outside(Column column, Type type, PartitionRange range) {
    if (type.typeId() == Type.TypeID.DECIMAL) {
      return ColumnTests.values(column, type, range::holds);
    }
    long least = range.least().longValueExact();
    long greatest = range.greatest().longValueExact();
    return ColumnTests.longs(column, v -> v >= least && v <= greatest);
  }
}
