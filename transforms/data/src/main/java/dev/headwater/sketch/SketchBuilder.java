package dev.headwater.sketch;

import dev.headwater.columns.RowBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Takes the sketch of batches as they pass. One thread. Each value is only counted; counts go into
 * the sketches, each distinct value once with its weight, where the counts of a column are full. So
 * memory is bounded whatever the rows: at most {@value #BYTES} bytes of counts for all columns
 * together (less in a small heap), and about 100 KiB for the sketches of a column.
 */
public final class SketchBuilder {
  private static final int BYTES = 32 << 20;
  private static final int BYTES_OF_COUNT = 32;
  private static final int HEAP_PARTS = 64;
  private static final int LEAST_ROOM = 256;
  private static final int MOST_ROOM = 1 << 13;

  private final List<@Nullable ColumnSketch> columns = new ArrayList<>();
  private final List<Integer> without = new ArrayList<>();
  private long rows;

  private SketchBuilder(Schema schema, Schema whole, SketchSettings settings) {
    long bytes = Math.min(BYTES, Runtime.getRuntime().maxMemory() / HEAP_PARTS);
    int room = (int) (bytes / BYTES_OF_COUNT / Math.max(1, schema.columns().size()));
    for (Types.NestedField field : schema.columns()) {
      ColumnSketch.Mode mode = settings.mode(whole, field);
      if (mode == ColumnSketch.Mode.NONE) {
        columns.add(null);
        without.add(field.fieldId());
      } else {
        int most = mode == ColumnSketch.Mode.FULL ? MOST_ROOM : LEAST_ROOM;
        // Tables of counts double: a power of two fills the last one.
        int each = Integer.highestOneBit(Math.max(LEAST_ROOM, Math.min(most, room)));
        columns.add(ColumnSketch.of(field.fieldId(), field.type(), mode, each));
      }
    }
  }

  /** For batches of exactly these columns, as the table's properties want it. */
  public static SketchBuilder of(Schema schema, Map<String, String> properties) {
    return new SketchBuilder(schema, schema, new SketchSettings(properties));
  }

  /** For batches of the {@link #columns} of a table alone. */
  public static SketchBuilder ofColumns(Schema schema, Map<String, String> properties) {
    return new SketchBuilder(columns(schema, properties), schema, new SketchSettings(properties));
  }

  /** The columns of which there are sketches, as the table's properties want it. */
  public static Schema columns(Schema schema, Map<String, String> properties) {
    SketchSettings settings = new SketchSettings(properties);
    return new Schema(
        schema.columns().stream()
            .filter(field -> settings.mode(schema, field) != ColumnSketch.Mode.NONE)
            .toList());
  }

  public void add(RowBatch batch) {
    rows += batch.size();
    for (int i = 0; i < columns.size(); i++) {
      ColumnSketch column = columns.get(i);
      if (column != null) {
        column.add(batch.column(i));
      }
    }
  }

  /** The sketch of all that was added. Called once. */
  public TableSketch build() {
    List<ColumnSketch> sealed = new ArrayList<>();
    for (ColumnSketch column : columns) {
      if (column != null) {
        column.seal();
        sealed.add(column);
      }
    }
    return new TableSketch(rows, sealed, without);
  }
}
