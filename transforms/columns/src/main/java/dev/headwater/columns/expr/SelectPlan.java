package dev.headwater.columns.expr;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one table that are chosen, and what is computed of each, or of each group of them.
 *
 * @param source the table's columns
 * @param where which rows; null: all
 * @param groups how they are brought together; null: each for itself
 * @param values what is in the columns of {@link #schema}: over the source, or over the groups
 * @param schema what comes out, with field ids from 1
 */
public record SelectPlan(
    Schema source,
    @Nullable Expression where,
    @Nullable Groups groups,
    List<Expression> values,
    Schema schema)
    implements Serializable {

  /**
   * Rows that are brought together.
   *
   * @param keys what is equal in a group, null too; none: all rows are one group
   * @param aggregates what is computed of its rows
   * @param schema the keys, then the aggregates, under names of their own
   * @param having which groups, over this schema; null: all
   */
  public record Groups(
      List<Expression> keys, List<Aggregate> aggregates, Schema schema, @Nullable Expression having)
      implements Serializable {
    public Groups {
      keys = new ArrayList<>(keys);
      aggregates = new ArrayList<>(aggregates);
    }

    /** The source's columns that a key or an aggregate reads, by its name in the schema. */
    public Set<String> columns(String name) {
      int at = schema.columns().indexOf(schema.findField(name));
      return at < keys.size() ? keys.get(at).columns() : aggregates.get(at - keys.size()).columns();
    }
  }

  public SelectPlan {
    values = new ArrayList<>(values);
  }

  /** The source's columns that are read; one at least, so that rows can be counted. */
  public Schema projection() {
    Set<String> names = new LinkedHashSet<>();
    if (where != null) {
      names.addAll(where.columns());
    }
    if (groups == null) {
      values.forEach(value -> names.addAll(value.columns()));
    } else {
      groups.keys().forEach(key -> names.addAll(key.columns()));
      groups.aggregates().forEach(aggregate -> names.addAll(aggregate.columns()));
    }
    if (names.isEmpty()) {
      names.add(source.columns().get(0).name());
    }
    List<Types.NestedField> fields =
        source.columns().stream().filter(field -> names.contains(field.name())).toList();
    return new Schema(fields);
  }

  /** The rows that the condition is true of. */
  public RowBatch chosen(RowBatch batch) {
    if (where == null) {
      return batch;
    }
    Bits keep = where.select(batch);
    return batch.filter(keep);
  }

  /** What comes out of rows of the source, or of the groups' schema; each row gives one. */
  public RowBatch computed(RowBatch batch) {
    Column[] columns = new Column[values.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = values.get(i).evaluate(batch);
    }
    return RowBatch.of(schema, batch.size(), columns);
  }
}
