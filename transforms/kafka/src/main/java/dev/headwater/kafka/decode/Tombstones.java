package dev.headwater.kafka.decode;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.headwater.columns.Column;
import dev.headwater.columns.ColumnBuilder;
import dev.headwater.columns.RowBatch;
import dev.headwater.files.BadRow;
import dev.headwater.files.JsonRows;
import dev.headwater.files.SourceColumn;
import dev.headwater.files.SourceFormat;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Rows of values, and of records without one the removal of the row with their key: so rows go from
 * a compacted topic. The key is a JSON object of the key's columns; where it is one column, it may
 * also be its value, in JSON or as a bare text.
 */
final class Tombstones implements ValueRows {
  private final ValueRows values;
  private final Schema columns;
  private final Schema key;
  private final JsonRows keys;
  private final Changes order = new Changes(false);
  private int coming;
  private int going;

  /**
   * Over another decoding.
   *
   * @param own its columns, and the one that tells which rows go
   * @param key of the table's rows; what of it is none of these columns is of the record itself
   */
  Tombstones(Schema own, List<String> key, ValueRows values) {
    this.values = values;
    this.columns = Changes.optional(Changes.columns(own));
    this.key = columns.select(key);
    this.keys =
        new JsonRows(
            this.key,
            SourceFormat.of(SourceFormat.Kind.JSON)
                .columns(
                    this.key.columns().stream()
                        .map(f -> SourceColumn.of(f.name(), f.type(), null))
                        .toList()));
  }

  @Override
  public @Nullable BadRow add(RawRecord raw) {
    BadRow wrong = raw.isTombstone() ? removal(raw) : values.add(raw);
    if (wrong == null && raw.isTombstone()) {
      order.add(1, going++, true, null);
    } else if (wrong == null) {
      order.add(0, coming++, false, null);
    }
    return wrong;
  }

  private @Nullable BadRow removal(RawRecord raw) {
    if (!raw.hasKey()) {
      return raw.bad("syntax", "it has neither a value nor a key", null);
    }
    if (key.columns().isEmpty()) {
      return null;
    }
    byte[] object = object(raw.keyData(), raw.keyFrom(), raw.keyTo());
    BadRow wrong = keys.add(object, 0, object.length, raw.offset());
    return wrong == null
        ? null
        : raw.bad(wrong.code(), "its key: " + wrong.reason(), wrong.column());
  }

  /** A key that is the value of one column, as an object. */
  private byte[] object(byte[] data, int from, int to) {
    String text = new String(data, from, to - from, StandardCharsets.UTF_8).strip();
    NestedField only = key.columns().get(0);
    if (key.columns().size() > 1 || text.startsWith("{")) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    boolean bare =
        !text.startsWith("\"")
            && !List.of(Type.TypeID.INTEGER, Type.TypeID.LONG, Type.TypeID.DECIMAL)
                .contains(only.type().typeId());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(("{" + quoted(only.name()) + ":").getBytes(StandardCharsets.UTF_8));
    out.writeBytes((bare ? quoted(text) : text).getBytes(StandardCharsets.UTF_8));
    out.writeBytes("}".getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  private static String quoted(String text) {
    return TextNode.valueOf(text).toString();
  }

  @Override
  public List<Column> build() {
    RowBatch come = RowBatch.of(columns, coming, values.build());
    RowBatch only = RowBatch.of(key, going, keys.build());
    List<Column> all = new ArrayList<>();
    for (NestedField field : columns.columns()) {
      all.add(
          key.findField(field.name()) == null
              ? nulls(field.type(), going)
              : only.column(field.name()));
    }
    RowBatch go = RowBatch.of(columns, going, all);
    coming = 0;
    going = 0;
    return order.build(List.of(come, go));
  }

  private static Column nulls(Type type, int rows) {
    ColumnBuilder out = ColumnBuilder.of(type);
    for (int i = 0; i < rows; i++) {
      out.appendNull();
    }
    return out.build();
  }

  @Override
  public void close() {
    values.close();
  }
}
