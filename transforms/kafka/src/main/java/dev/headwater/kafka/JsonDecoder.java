package dev.headwater.kafka;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.files.JsonValues;
import dev.headwater.files.SourceFormat;
import org.apache.iceberg.Schema;

/**
 * Records whose values are JSON objects. What is no object, or doesn't fit the columns, is a bad
 * row; so is a record without a value.
 *
 * @param format of JSON, with the columns
 * @param envelope what else of a record becomes a column
 */
public record JsonDecoder(SourceFormat format, Envelope envelope) implements RecordDecoder.Factory {
  private static final long serialVersionUID = 1;

  @Override
  public Schema schema() {
    return envelope.with(format.schema());
  }

  @Override
  public RecordDecoder open() {
    JsonValues values = new JsonValues(format, format.schema());
    return raw ->
        RecordDecoder.Result.of(
            envelope.with(
                values.decode(
                    (BytesColumn) raw.column(RawRecords.VALUE),
                    ((LongColumn) raw.column(RawRecords.OFFSET)).values()),
                raw));
  }
}
