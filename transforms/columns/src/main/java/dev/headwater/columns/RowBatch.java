package dev.headwater.columns;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/**
 * An immutable batch of rows as typed columns, at most {@value #MAX_ROWS} rows and {@value
 * #MAX_BYTES} bytes by convention (a single larger row excepted). It is what travels between the
 * steps of a pipeline: Beam's cost per element is paid once a batch.
 */
public final class RowBatch {
  public static final int MAX_ROWS = 8_192;
  public static final int MAX_BYTES = 1 << 20;

  private final Schema schema;
  private final int size;
  private final Column[] columns;

  private RowBatch(Schema schema, int size, Column[] columns) {
    this.schema = schema;
    this.size = size;
    this.columns = columns;
  }

  /**
   * A batch of these columns, one for each top-level field of the schema, in its order.
   *
   * @throws IllegalArgumentException if a column is missing or of another length
   */
  public static RowBatch of(Schema schema, int size, Column... columns) {
    List<Types.NestedField> fields = schema.columns();
    if (fields.size() != columns.length) {
      throw new IllegalArgumentException(
          columns.length + " columns for a schema of " + fields.size());
    }
    for (int i = 0; i < columns.length; i++) {
      if (columns[i].size() != size) {
        throw new IllegalArgumentException(
            "column " + fields.get(i).name() + " has " + columns[i].size() + " rows, not " + size);
      }
    }
    return new RowBatch(schema, size, columns.clone());
  }

  public static RowBatch of(Schema schema, int size, List<? extends Column> columns) {
    return of(schema, size, columns.toArray(Column[]::new));
  }

  public Schema schema() {
    return schema;
  }

  /** The number of rows. */
  public int size() {
    return size;
  }

  public Column column(int i) {
    return columns[i];
  }

  /**
   * The top-level column of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Column column(String name) {
    return columns[index(name)];
  }

  /** The position of the top-level column of this name. */
  public int index(String name) {
    List<Types.NestedField> fields = schema.columns();
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "no column '" + name + "' among " + fields.stream().map(Types.NestedField::name).toList());
  }

  public List<Column> columns() {
    return List.of(columns);
  }

  /** Rows {@code from} (inclusive) to {@code to} (exclusive). */
  public RowBatch slice(int from, int to) {
    if (from == 0 && to == size) {
      return this;
    }
    Column[] out = new Column[columns.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = columns[i].slice(from, to);
    }
    return new RowBatch(schema, to - from, out);
  }

  /** The rows at these positions, in this order. */
  public RowBatch gather(int[] rows) {
    Column[] out = new Column[columns.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = columns[i].gather(rows);
    }
    return new RowBatch(schema, rows.length, out);
  }

  /** The rows whose bit is set. */
  public RowBatch filter(Bits keep) {
    int n = keep.count();
    return n == size ? this : gather(keep.positions());
  }

  /** Only these columns, in this order, each with the field it has. */
  public RowBatch select(String... names) {
    List<Types.NestedField> fields = new ArrayList<>(names.length);
    Column[] out = new Column[names.length];
    for (int i = 0; i < names.length; i++) {
      int at = index(names[i]);
      fields.add(schema.columns().get(at));
      out[i] = columns[at];
    }
    return new RowBatch(new Schema(fields), size, out);
  }

  /** This batch with one column more, at the end. */
  public RowBatch with(Types.NestedField field, Column column) {
    List<Types.NestedField> fields = new ArrayList<>(schema.columns());
    fields.add(field);
    Column[] out = Arrays.copyOf(columns, columns.length + 1);
    out[columns.length] = column;
    return of(new Schema(fields), size, out);
  }

  /** The same columns under another schema of the same types (other names or field ids). */
  public RowBatch as(Schema other) {
    return of(other, size, columns);
  }

  /** About how many bytes of memory the values take. */
  public long bytes() {
    long n = 0;
    for (Column column : columns) {
      n += column.bytes();
    }
    return n;
  }

  /** Equal if names, types and the columns' representation are. */
  @Override
  public boolean equals(Object o) {
    return o instanceof RowBatch b
        && size == b.size
        && schema.sameSchema(b.schema)
        && Arrays.equals(columns, b.columns);
  }

  @Override
  public int hashCode() {
    return 31 * size + Arrays.hashCode(columns);
  }

  @Override
  public String toString() {
    return "RowBatch of "
        + size
        + " rows "
        + schema.columns().stream().map(Types.NestedField::name).toList();
  }
}
