package dev.headwater.kafka.decode;

import dev.headwater.columns.Column;
import dev.headwater.files.BadRow;
import dev.headwater.files.JsonRows;
import dev.headwater.files.SourceFormat;
import java.util.List;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** Values that are JSON objects. */
final class JsonValues implements ValueRows {
  private final JsonRows rows;

  JsonValues(Schema columns, SourceFormat format) {
    this.rows = new JsonRows(columns, format);
  }

  @Override
  public @Nullable BadRow add(RawRecord raw) {
    return raw.isTombstone()
        ? raw.bad("syntax", "it has no value", null)
        : rows.add(raw.data(), raw.from(), raw.to(), raw.offset());
  }

  @Override
  public List<Column> build() {
    return rows.build();
  }
}
