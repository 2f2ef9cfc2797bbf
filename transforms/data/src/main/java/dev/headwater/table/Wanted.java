package dev.headwater.table;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.Pruning;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * What of a table's rows is wanted.
 *
 * @param columns by name, in this order; null for all
 * @param where a SQL condition, or null
 */
record Wanted(@Nullable List<String> columns, @Nullable String where, long splitBytes)
    implements Serializable {
  static final Wanted ALL = new Wanted(null, null, 64L << 20);

  Wanted {
    // An ArrayList travels by Java serialization as it is.
    columns = columns == null ? null : new ArrayList<>(columns);
  }

  Wanted columns(List<String> names) {
    return new Wanted(names, where, splitBytes);
  }

  Wanted where(String condition) {
    return new Wanted(columns, condition, splitBytes);
  }

  Wanted splitBytes(long bytes) {
    return new Wanted(columns, where, bytes);
  }

  /**
   * The same over a table's schema.
   *
   * @throws HeadwaterException USAGE if a column is unknown
   * @throws dev.headwater.columns.expr.ExpressionException if the condition is none over the schema
   */
  Bound bind(Schema schema) {
    List<Types.NestedField> fields = new ArrayList<>();
    if (columns == null) {
      fields.addAll(schema.columns());
    } else {
      for (String name : columns) {
        Types.NestedField field = schema.asStruct().field(name);
        if (field == null) {
          throw new HeadwaterException(
              Kind.USAGE,
              "The table has no column '" + name + "'.",
              "take one of "
                  + schema.columns().stream().map(Types.NestedField::name).toList()
                  + ".");
        }
        fields.add(field);
      }
    }
    Expression condition = where == null ? null : Expression.parse(where, schema);
    Set<String> read = new LinkedHashSet<>();
    fields.forEach(field -> read.add(field.name()));
    List<Types.NestedField> all = new ArrayList<>(fields);
    if (condition != null) {
      for (String name : condition.columns()) {
        if (read.add(name)) {
          all.add(schema.asStruct().field(name));
        }
      }
    }
    return new Bound(new Schema(fields), new Schema(all), condition);
  }

  /**
   * What is wanted of a schema's rows.
   *
   * @param out the columns that go out
   * @param read those and the ones that the condition needs
   */
  record Bound(Schema out, Schema read, @Nullable Expression condition) implements Serializable {
    /** What files, row groups and pages can be skipped by. */
    org.apache.iceberg.expressions.@Nullable Expression filter() {
      return condition == null ? null : Pruning.of(condition);
    }

    /** The wanted rows and columns of what was read; null if there are none. */
    @Nullable RowBatch of(RowBatch batch) {
      RowBatch kept = condition == null ? batch : batch.filter(condition.select(batch));
      if (kept.size() == 0) {
        return null;
      }
      return out.columns().size() == read.columns().size()
          ? kept
          : RowBatch.of(out, kept.size(), kept.columns().subList(0, out.columns().size()));
    }
  }
}
