package dev.headwater.pipelines.init;

import dev.headwater.columns.RowBatch;
import dev.headwater.sketch.ColumnSummary;
import dev.headwater.sketch.SketchBuilder;
import dev.headwater.sketch.TableProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/**
 * What data holds, as far as it was read.
 *
 * @param rows how many there are; of text about so many
 * @param seen how many of them were read
 * @param bad how many of these could not be decoded
 * @param some rows spread over what was read, at most about {@value #KEPT} batches
 */
record Look(
    Schema schema, long rows, long seen, long bad, TableProfile profile, List<RowBatch> some) {
  private static final int KEPT = 32;

  /** How many of a column's most frequent values are told. */
  private static final int TOP = 64;

  Look {
    some = List.copyOf(some);
  }

  Optional<ColumnSummary> column(String name) {
    return profile.column(name, TOP);
  }

  List<Types.NestedField> columns() {
    return schema.columns();
  }

  /** Takes rows as they are read. */
  static final class Looking {
    private final Schema schema;
    private final SketchBuilder sketch;
    private final List<RowBatch> kept = new ArrayList<>();
    private long batches;
    private long stride = 1;
    private long seen;
    private long bad;

    Looking(Schema schema) {
      this.schema = schema;
      this.sketch = SketchBuilder.of(schema, Map.of());
    }

    void bad(int rows) {
      seen += rows;
      bad += rows;
    }

    void add(RowBatch batch) {
      seen += batch.size();
      sketch.add(batch);
      if (batches++ % stride == 0) {
        kept.add(batch);
      }
      if (kept.size() > KEPT) {
        // Every other one, and of those to come too.
        List<RowBatch> half = new ArrayList<>();
        for (int i = 0; i < kept.size(); i += 2) {
          half.add(kept.get(i));
        }
        kept.clear();
        kept.addAll(half);
        stride *= 2;
      }
    }

    Look of(long rows) {
      TableProfile profile = new TableProfile(sketch.build(), schema, 0, null, List.of(), false);
      return new Look(schema, Math.max(rows, seen), seen, bad, profile, kept);
    }
  }
}
