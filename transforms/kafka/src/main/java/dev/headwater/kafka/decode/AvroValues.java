package dev.headwater.kafka.decode;

import dev.headwater.avro.AvroRows;
import dev.headwater.avro.BadValue;
import dev.headwater.columns.Column;
import dev.headwater.files.BadRow;
import java.util.List;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** Values that are Avro's records. */
final class AvroValues implements ValueRows {
  private final AvroRows rows;
  private final AvroWriters writers;

  AvroValues(Schema columns, boolean ignoreOthers, AvroWriters writers) {
    this.rows = new AvroRows(columns, ignoreOthers);
    this.writers = writers;
  }

  @Override
  public @Nullable BadRow add(RawRecord raw) {
    if (raw.isTombstone()) {
      return raw.bad("syntax", "it has no value", null);
    }
    try {
      int from = raw.from() + writers.prefix();
      rows.add(writers.of(raw.data(), raw.from(), raw.to()), raw.data(), from, raw.to());
      return null;
    } catch (AvroWriters.Unknown e) {
      return raw.bad("schema", e.getMessage(), null);
    } catch (BadValue e) {
      return raw.bad(e.code(), e.getMessage(), e.column().isEmpty() ? null : e.column());
    }
  }

  @Override
  public List<Column> build() {
    return rows.build().columns();
  }

  @Override
  public void close() {
    writers.close();
  }
}
