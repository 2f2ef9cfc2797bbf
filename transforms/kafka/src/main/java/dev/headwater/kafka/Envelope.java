package dev.headwater.kafka;

import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.files.Decoded;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types.NestedField;

/**
 * What a record has besides its value, as columns behind those of its value: as {@link RawRecords}
 * has them, bytes as bytes.
 *
 * @param columns by the column's name the name in {@link RawRecords}
 */
public record Envelope(Map<String, String> columns) implements Serializable {
  private static final long serialVersionUID = 1;
  public static final Envelope NONE = new Envelope(Map.of());

  public Envelope {
    columns = new LinkedHashMap<>(columns);
  }

  /** The value's columns, then these. */
  public Schema with(Schema value) {
    List<NestedField> fields = new ArrayList<>(value.columns());
    columns.forEach((name, of) -> fields.add(field(name, of)));
    return TypeUtil.assignIncreasingFreshIds(new Schema(fields));
  }

  /** The rows, whose positions are offsets, with these columns of their records. */
  public Decoded with(Decoded decoded, RowBatch raw) {
    if (columns.isEmpty()) {
      return decoded;
    }
    long[] offsets = ((LongColumn) raw.column(RawRecords.OFFSET)).values();
    int[] records = new int[decoded.rows().size()];
    for (int row = 0; row < records.length; row++) {
      records[row] = Arrays.binarySearch(offsets, decoded.position(row));
    }
    RowBatch of = raw.gather(records);
    RowBatch rows = decoded.rows();
    for (Map.Entry<String, String> column : columns.entrySet()) {
      rows = rows.with(field(column.getKey(), column.getValue()), of.column(column.getValue()));
    }
    return new Decoded(rows, decoded.first(), decoded.each(), decoded.bad(), decoded.texts());
  }

  private static NestedField field(String name, String of) {
    NestedField raw = RawRecords.SCHEMA.findField(of);
    return NestedField.optional(1_000 + raw.fieldId(), name, raw.type());
  }
}
