package dev.headwater.table;

import dev.headwater.columns.Column;
import dev.headwater.columns.ColumnBuilder;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Type.TypeID;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Batches brought into a table's order of columns: by name, missing optional ones null. */
@SuppressWarnings("ReferenceEquality") // batches of one source share one schema object
public final class TableColumns {
  private final Schema schema;
  private @Nullable Schema last;
  private int[] positions = new int[0];

  public TableColumns(Schema schema) {
    this.schema = schema;
  }

  /**
   * The batch's columns in the table's order.
   *
   * @throws IllegalArgumentException if one is not the table's, or of another type, or a required
   *     one is missing
   */
  public RowBatch fit(RowBatch batch) {
    if (batch.schema() != last) {
      positions = positions(batch.schema());
      last = batch.schema();
    }
    Column[] out = new Column[positions.length];
    for (int i = 0; i < out.length; i++) {
      out[i] =
          positions[i] < 0
              ? nulls(schema.columns().get(i).type(), batch.size())
              : batch.column(positions[i]);
    }
    return RowBatch.of(schema, batch.size(), out);
  }

  /** Whether a batch {@link #fit}s, and no required column has a null. */
  boolean takes(RowBatch batch) {
    if (!takes(batch.schema())) {
      return false;
    }
    for (int i = 0; i < positions.length; i++) {
      if (schema.columns().get(i).isRequired() && batch.column(positions[i]).nulls() != null) {
        return false;
      }
    }
    return true;
  }

  private boolean takes(Schema schemaOfBatches) {
    if (schemaOfBatches != last) {
      try {
        positions = positions(schemaOfBatches);
      } catch (IllegalArgumentException e) {
        return false;
      }
      last = schemaOfBatches;
    }
    return true;
  }

  /**
   * A fitted batch with the table's own arrays, for where batches of several sources meet. What it
   * has besides the table's columns stays with its rows.
   */
  RowBatch widened(RowBatch batch) {
    Column[] columns = batch.columns().toArray(Column[]::new);
    List<Types.NestedField> fields = new ArrayList<>(schema.columns());
    int own = fields.size();
    fields.addAll(batch.schema().columns().subList(own, columns.length));
    for (int i = 0; i < own; i++) {
      boolean wide = fields.get(i).type().typeId() == TypeID.LONG;
      if (wide && columns[i] instanceof IntColumn c) {
        columns[i] = LongColumn.of(Arrays.stream(c.values()).asLongStream().toArray(), c.nulls());
      }
    }
    return RowBatch.of(own == columns.length ? schema : new Schema(fields), batch.size(), columns);
  }

  private int[] positions(Schema from) {
    List<Types.NestedField> given = from.columns();
    for (Types.NestedField field : given) {
      if (schema.asStruct().field(field.name()) == null) {
        throw new IllegalArgumentException(
            "column " + field.name() + " is not in the table " + schema.asStruct());
      }
    }
    int[] out = new int[schema.columns().size()];
    for (int i = 0; i < out.length; i++) {
      Types.NestedField wanted = schema.columns().get(i);
      Types.NestedField field = from.asStruct().field(wanted.name());
      out[i] = field == null ? -1 : given.indexOf(field);
      if (field == null && wanted.isRequired()) {
        throw new IllegalArgumentException("the required column " + wanted.name() + " is missing");
      }
      if (field != null && !fits(field.type(), wanted.type())) {
        throw new IllegalArgumentException(
            "column " + field.name() + " is " + field.type() + ", the table's is " + wanted.type());
      }
    }
    return out;
  }

  /** Whether a column of one type can be written as the other, its arrays as they are. */
  private static boolean fits(Type given, Type wanted) {
    if (!wanted.isPrimitiveType()) {
      // Nested values are checked one by one as they are written.
      return given.typeId() == wanted.typeId();
    }
    if (given.typeId() == TypeID.INTEGER && wanted.typeId() == TypeID.LONG) {
      return true;
    }
    if (given instanceof Types.DecimalType g && wanted instanceof Types.DecimalType w) {
      return g.scale() == w.scale() && g.precision() <= w.precision();
    }
    return given.equals(wanted);
  }

  private static Column nulls(Type type, int rows) {
    ColumnBuilder out = ColumnBuilder.of(type);
    for (int i = 0; i < rows; i++) {
      out.appendNull();
    }
    return out.build();
  }
}
