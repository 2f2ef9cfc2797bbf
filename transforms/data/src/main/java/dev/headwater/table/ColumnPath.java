package dev.headwater.table;

import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.StructColumn;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/** Where a column is in batches of one schema: at the top, or deep in structs. */
public final class ColumnPath {
  private final int[] places;

  private ColumnPath(int[] places) {
    this.places = places;
  }

  /**
   * Of a column that is there.
   *
   * @param name the full one, with dots; columns may have dots in their own
   */
  public static ColumnPath of(Schema schema, String name) {
    List<Integer> out = new ArrayList<>();
    Types.StructType struct = schema.asStruct();
    String left = name;
    while (true) {
      Types.NestedField next = struct.field(left);
      for (int dot = left.indexOf('.'); next == null; dot = left.indexOf('.', dot + 1)) {
        next = struct.field(left.substring(0, dot));
      }
      out.add(struct.fields().indexOf(next));
      if (next.name().equals(left)) {
        return new ColumnPath(out.stream().mapToInt(i -> i).toArray());
      }
      left = left.substring(next.name().length() + 1);
      struct = next.type().asStructType();
    }
  }

  public Column in(RowBatch batch) {
    Column column = batch.column(places[0]);
    for (int i = 1; i < places.length; i++) {
      column = ((StructColumn) column).fields().get(places[i]);
    }
    return column;
  }
}
