package dev.headwater.kafka.decode;

import dev.headwater.columns.Column;
import dev.headwater.columns.ColumnBuilder;
import dev.headwater.files.BadRow;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Values as they are, bytes or texts, in a column of their own; a tombstone is a null. */
final class PlainValues implements ValueRows {
  private final NestedField field;
  private ColumnBuilder values;

  PlainValues(Schema own) {
    this.field = own.columns().get(0);
    this.values = ColumnBuilder.of(field.type());
  }

  @Override
  public @Nullable BadRow add(RawRecord raw) {
    if (raw.isTombstone()) {
      values.appendNull();
      return null;
    }
    try {
      values.appendBytes(raw.data(), raw.from(), raw.to());
      return null;
    } catch (IllegalArgumentException e) {
      return raw.bad("encoding", "it is no UTF-8", field.name());
    }
  }

  @Override
  public List<Column> build() {
    Column built = values.build();
    values = ColumnBuilder.of(field.type());
    return List.of(built);
  }
}
