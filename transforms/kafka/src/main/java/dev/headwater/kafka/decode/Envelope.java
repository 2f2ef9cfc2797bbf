package dev.headwater.kafka.decode;

import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Utf8;
import dev.headwater.files.BadRow;
import dev.headwater.files.Decoded;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * What a record has besides its value, as columns behind those of its value: as {@link RawRecords}
 * has them, bytes as bytes.
 *
 * @param columns by the column's name the name in {@link RawRecords}, {@link #POSITION} or {@link
 *     #KEY_TEXT}
 */
public record Envelope(Map<String, String> columns) implements Serializable {
  private static final long serialVersionUID = 1;

  /** Of Debezium's changes: where one stands in its database's log. */
  public static final String POSITION = "position";

  /** The key, as a text; one that is none makes a letter of its record. */
  public static final String KEY_TEXT = "key_text";

  public static final Envelope NONE = new Envelope(Map.of());

  public Envelope {
    columns = new LinkedHashMap<>(columns);
  }

  /** The column with {@link #POSITION}; null if there is none. */
  @Nullable String position() {
    return columns.entrySet().stream()
        .filter(column -> column.getValue().equals(POSITION))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }

  /** Why a record's key is none for these columns; null where it is. */
  @Nullable BadRow wrong(RawRecord record) {
    if (!columns.containsValue(KEY_TEXT)
        || !record.hasKey()
        || Utf8.isValid(record.keyData(), record.keyFrom(), record.keyTo())) {
      return null;
    }
    return record.bad("encoding", "its key is no UTF-8", null);
  }

  /** What every record has. */
  Envelope ofRecords() {
    Map<String, String> own = new LinkedHashMap<>(columns);
    own.values().remove(POSITION);
    return new Envelope(own);
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
      rows =
          rows.with(field(column.getKey(), column.getValue()), of.column(name(column.getValue())));
    }
    return new Decoded(rows, decoded.first(), decoded.each(), decoded.bad(), decoded.texts());
  }

  private static NestedField field(String name, String of) {
    NestedField raw = RawRecords.SCHEMA.asStruct().field(name(of));
    Type type = of.equals(KEY_TEXT) ? Types.StringType.get() : raw.type();
    return NestedField.optional(1_000 + raw.fieldId(), name, type);
  }

  private static String name(String of) {
    return of.equals(KEY_TEXT) ? RawRecords.KEY : of;
  }
}
