package dev.headwater.kafka.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import dev.headwater.files.BadRow;
import dev.headwater.files.JsonRows;
import dev.headwater.files.SourceColumn;
import dev.headwater.files.SourceFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's changes in JSON: of a record the row after the change, or, of a removed one, the row
 * before or else the key. With its schema beside it, dates and decimals are read as that says.
 */
final class DebeziumJson implements ValueRows {
  /** Schemas that are remembered; a connector writes one for each version of a table. */
  private static final int MOST = 1_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The way of reading rows that one schema asks for, and what was read with it. */
  private record Way(int place, JsonRows rows) {}

  private final Schema columns;
  private final Schema optional;
  private final SourceFormat format;
  private final Map<ByteBuffer, Way> coming = new HashMap<>();
  private final Map<ByteBuffer, Way> going = new HashMap<>();
  private final List<JsonRows> all = new ArrayList<>();
  private final DebeziumEnvelope envelope = new DebeziumEnvelope();
  private final boolean positioned;
  private final Changes order;

  /**
   * Decodes changes.
   *
   * @param position the column that says where a change stands in its database's log
   */
  DebeziumJson(Schema own, @Nullable String position, SourceFormat format) {
    this.positioned = position != null;
    this.order = new Changes(positioned);
    this.columns = Changes.columns(own, position);
    this.optional = Changes.optional(columns);
    this.format = format;
  }

  @Override
  public @Nullable BadRow add(RawRecord raw) {
    if (raw.isTombstone()) {
      return FILTERED;
    }
    String wrong = envelope.read(raw.data(), raw.from(), raw.to());
    if (wrong != null) {
      return raw.bad("syntax", wrong, null);
    }
    String op = envelope.op();
    String position = position(raw);
    if (envelope.after().isThere() && !op.equals("d")) {
      return add(raw, raw.data(), envelope.after(), false, position);
    }
    if (envelope.before().isThere() && op.equals("d")) {
      return add(raw, raw.data(), envelope.before(), true, position);
    }
    BadRow other = other(raw, op);
    if (other != null) {
      return other;
    }
    wrong =
        raw.hasKey()
            ? envelope.read(raw.keyData(), raw.keyFrom(), raw.keyTo())
            : "it removes a row, but has neither the row nor a key";
    return wrong != null
        ? raw.bad("syntax", "its key: " + wrong, null)
        : add(raw, raw.keyData(), envelope.payload(), true, position);
  }

  private @Nullable String position(RawRecord raw) {
    DebeziumEnvelope.Span span = envelope.source();
    if (!positioned || !span.isThere()) {
      return null;
    }
    try {
      JsonNode source = JSON.readTree(raw.data(), span.from(), span.to() - span.from());
      return SourcePosition.of(name -> source.hasNonNull(name) ? source.path(name).asText() : null);
    } catch (IOException e) {
      // It was read over as JSON before.
      throw new UncheckedIOException(e);
    }
  }

  /** What becomes of a change that is of no row; null for the removal of one. */
  static @Nullable BadRow other(RawRecord raw, String op) {
    return switch (op) {
      case "d" ->
          raw.hasKey()
              ? null
              : raw.bad("syntax", "it removes a row, but has neither the row nor a key", null);
      case "m" -> FILTERED;
      case "t" -> raw.bad("truncate", "the table was emptied where it is from", null);
      default -> raw.bad("syntax", "its op is '" + op + "', and it has no row", null);
    };
  }

  private @Nullable BadRow add(
      RawRecord raw,
      byte[] data,
      DebeziumEnvelope.Span span,
      boolean gone,
      @Nullable String position) {
    Way way = way(data, envelope.schema(), gone);
    int row = way.rows().size();
    BadRow wrong = way.rows().add(data, span.from(), span.to(), raw.offset());
    if (wrong != null) {
      return raw.bad(wrong.code(), wrong.reason(), wrong.column());
    }
    order.add(way.place(), row, gone, position);
    return null;
  }

  private Way way(byte[] data, DebeziumEnvelope.Span schema, boolean gone) {
    Map<ByteBuffer, Way> ways = gone ? going : coming;
    ByteBuffer text =
        schema.isThere()
            ? ByteBuffer.wrap(data, schema.from(), schema.to() - schema.from())
            : ByteBuffer.allocate(0);
    Way way = ways.get(text);
    if (way == null) {
      byte[] copy = new byte[text.remaining()];
      text.duplicate().get(copy);
      JsonRows rows = new JsonRows(gone ? optional : columns, format(copy));
      way = new Way(all.size(), rows);
      all.add(rows);
      ways.put(ByteBuffer.wrap(copy), way);
    }
    return way;
  }

  private SourceFormat format(byte[] schema) {
    if (schema.length == 0) {
      return format;
    }
    try {
      List<SourceColumn> out = new ArrayList<>();
      JsonNode fields = rows(JSON.readTree(schema));
      for (NestedField column : columns.columns()) {
        String written = null;
        for (JsonNode field : fields) {
          if (field.path("field").asText().equals(column.name())) {
            written = ConnectNames.format(field, column.type());
          }
        }
        out.add(SourceColumn.of(column.name(), column.type(), written));
      }
      return format.columns(out);
    } catch (IOException e) {
      // It was read over as JSON before.
      throw new UncheckedIOException(e);
    }
  }

  /** The fields of a row, of a change or of a key. */
  private static JsonNode rows(JsonNode schema) {
    JsonNode fields = schema.path("fields");
    for (JsonNode field : fields) {
      if (field.path("field").asText().equals("after")) {
        return field.path("fields");
      }
    }
    return fields;
  }

  @Override
  public List<Column> build() {
    List<RowBatch> parts = new ArrayList<>();
    for (JsonRows rows : all) {
      int size = rows.size();
      parts.add(RowBatch.of(optional, size, rows.build()));
    }
    if (parts.isEmpty()) {
      JsonRows none = new JsonRows(optional, format);
      parts.add(RowBatch.of(optional, 0, none.build()));
    }
    List<Column> out = order.build(parts);
    if (all.size() > MOST) {
      coming.clear();
      going.clear();
      all.clear();
    }
    return out;
  }
}
