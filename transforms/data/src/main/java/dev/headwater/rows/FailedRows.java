package dev.headwater.rows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.transforms.errorhandling.BadRecord;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Rows that a transform can't take, each with why: for Beam's error handlers, and as the rows of an
 * output of errors, which have the columns that Beam YAML's have, {@code failed_row} and {@code
 * error_message}, and {@code code}, {@code column} and {@code value}.
 */
public final class FailedRows {
  private static final ObjectMapper JSON = new ObjectMapper();

  private FailedRows() {}

  /**
   * Why a row failed.
   *
   * @param code for programs
   * @param message for people
   * @param column what it is about, if it is one column
   * @param value what stands there
   */
  public record Why(String code, String message, @Nullable String column, @Nullable String value) {}

  /** The columns of failed rows of this schema. */
  public static Schema schema(Schema rows) {
    Types.StructType text = Types.StructType.of(rows.columns());
    int last = TypeUtil.indexById(text).keySet().stream().max(Integer::compare).orElse(0);
    return new Schema(
        Types.NestedField.required(last + 1, "failed_row", text),
        Types.NestedField.required(last + 2, "error_message", Types.StringType.get()),
        Types.NestedField.required(last + 3, "code", Types.StringType.get()),
        Types.NestedField.optional(last + 4, "column", Types.StringType.get()),
        Types.NestedField.optional(last + 5, "value", Types.StringType.get()));
  }

  /** The rows, each with its reason. */
  public static RowBatch of(RowBatch rows, List<Why> why) {
    RowBatchBuilder out = new RowBatchBuilder(schema(rows.schema()));
    List<Types.NestedField> fields = rows.schema().columns();
    for (int row = 0; row < rows.size(); row++) {
      @Nullable Object[] values = new @Nullable Object[fields.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = Values.of(rows.column(i), fields.get(i).type(), row);
      }
      Why of = why.get(row);
      out.append(values, of.message(), of.code(), of.column(), of.value());
    }
    return out.build();
  }

  /** What Beam's error handlers take: the row as JSON and in Beam's encoding. */
  static List<BadRecord> badRecords(RowBatch failed) {
    List<BadRecord> out = new ArrayList<>();
    for (Row row : BeamRows.rows(failed)) {
      Row of = java.util.Objects.requireNonNull(row.getRow("failed_row"));
      try {
        out.add(
            BadRecord.builder()
                .setRecord(
                    BadRecord.Record.builder()
                        .setHumanReadableJsonRecord(JSON.writeValueAsString(json(of)))
                        .setEncodedRecord(
                            CoderUtils.encodeToByteArray(RowCoder.of(of.getSchema()), of))
                        .setCoder(RowCoder.of(of.getSchema()).toString())
                        .build())
                .setFailure(
                    BadRecord.Failure.builder()
                        .setException(String.valueOf(row.getString("code")))
                        .setDescription(String.valueOf(row.getString("error_message")))
                        .build())
                .build());
      } catch (CoderException | JsonProcessingException e) {
        throw new IllegalStateException("a row has no bytes: " + of.getSchema(), e);
      }
    }
    return out;
  }

  private static @Nullable Object json(@Nullable Object value) {
    if (value instanceof Row row) {
      Map<String, @Nullable Object> out = new LinkedHashMap<>();
      for (String name : row.getSchema().getFieldNames()) {
        out.put(name, json(row.getValue(name)));
      }
      return out;
    }
    if (value instanceof Iterable<?> some) {
      List<@Nullable Object> out = new ArrayList<>();
      some.forEach(each -> out.add(json(each)));
      return out;
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> out = new LinkedHashMap<>();
      map.forEach((key, each) -> out.put(String.valueOf(json(key)), json(each)));
      return out;
    }
    return value == null
            || value instanceof Number
            || value instanceof Boolean
            || value instanceof byte[]
        ? value
        : value.toString();
  }
}
