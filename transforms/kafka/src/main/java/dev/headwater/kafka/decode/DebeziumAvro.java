package dev.headwater.kafka.decode;

import dev.headwater.avro.AvroRows;
import dev.headwater.avro.BadValue;
import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.StructColumn;
import dev.headwater.columns.Values;
import dev.headwater.files.BadRow;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Debezium's changes as Avro's records of a registry's schemas. */
final class DebeziumAvro implements ValueRows {
  private static final int BEFORE = 0;
  private static final int AFTER = 1;
  private static final int KEY = 2;
  private static final Schema OP =
      new Schema(NestedField.optional(1, "op", Types.StringType.get()));

  private final Schema optional;
  private final AvroWriters writers;
  private final AvroRows changes;
  private final AvroRows keys;
  private final AvroRows ops = new AvroRows(OP, true);
  private final @Nullable AvroRows sources;
  private final Changes order;

  /**
   * Decodes changes.
   *
   * @param position the column that says where a change stands in its database's log
   */
  DebeziumAvro(Schema own, @Nullable String position, boolean ignoreOthers, AvroWriters writers) {
    this.sources = position == null ? null : new AvroRows(new Schema(SourcePosition.SOURCE), true);
    this.order = new Changes(position != null);
    Schema columns = Changes.columns(own, position);
    this.optional = Changes.optional(columns);
    this.writers = writers;
    AtomicInteger ids = new AtomicInteger();
    Schema both =
        new Schema(
            NestedField.optional(1, "before", fresh(optional, ids)),
            NestedField.optional(2, "after", fresh(columns, ids)));
    this.changes = new AvroRows(both, true, ignoreOthers);
    this.keys = new AvroRows(optional, true);
  }

  /**
   * The schema of the rows in changes of this one.
   *
   * @throws IllegalArgumentException if it is of something else
   */
  static org.apache.avro.Schema row(org.apache.avro.Schema change) {
    org.apache.avro.Schema.Field after =
        change.getType() == org.apache.avro.Schema.Type.RECORD ? change.getField("after") : null;
    List<org.apache.avro.Schema> rows =
        after == null
            ? List.of()
            : after.schema().isUnion() ? after.schema().getTypes() : List.of(after.schema());
    return rows.stream()
        .filter(schema -> schema.getType() == org.apache.avro.Schema.Type.RECORD)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("it is of no changes of Debezium's"));
  }

  private static Types.StructType fresh(Schema columns, AtomicInteger ids) {
    return TypeUtil.assignFreshIds(columns, () -> 2 + ids.incrementAndGet()).asStruct();
  }

  @Override
  public @Nullable BadRow add(RawRecord raw) {
    if (raw.isTombstone()) {
      return FILTERED;
    }
    int row = changes.size();
    try {
      org.apache.avro.Schema writer = writers.of(raw.data(), raw.from(), raw.to());
      int from = raw.from() + writers.prefix();
      if (writer.getType() != org.apache.avro.Schema.Type.RECORD
          || writer.getField("after") == null) {
        return raw.bad("syntax", "it is no change of Debezium's", null);
      }
      changes.add(writer, raw.data(), from, raw.to());
      String position = position(writer, raw, from);
      if (!changes.isNull(row, AFTER)) {
        order.add(AFTER, row, false, position);
        return null;
      }
      if (!changes.isNull(row, BEFORE)) {
        order.add(BEFORE, row, true, position);
        return null;
      }
      ops.add(writer, raw.data(), from, raw.to());
      return bare(raw, op(), position);
    } catch (AvroWriters.Unknown e) {
      changes.cut(row);
      return raw.bad("schema", e.getMessage(), null);
    } catch (BadValue e) {
      changes.cut(row);
      return raw.bad(e.code(), e.getMessage(), e.column().isEmpty() ? null : e.column());
    }
  }

  private @Nullable String position(org.apache.avro.Schema writer, RawRecord raw, int from) {
    if (sources == null || writer.getField("source") == null) {
      return null;
    }
    sources.add(writer, raw.data(), from, raw.to());
    RowBatch one = sources.build();
    if (!(Values.of(one.column(0), SourcePosition.FIELDS, 0) instanceof Object[] values)) {
      return null;
    }
    List<NestedField> fields = SourcePosition.FIELDS.fields();
    return SourcePosition.of(name -> values[fields.indexOf(SourcePosition.FIELDS.field(name))]);
  }

  private String op() {
    RowBatch one = ops.build();
    return String.valueOf(Values.of(one.column(0), Types.StringType.get(), 0));
  }

  /** A change with neither the row before nor the one after. */
  private @Nullable BadRow bare(RawRecord raw, String op, @Nullable String position) {
    BadRow other = DebeziumJson.other(raw, op);
    if (other != null) {
      return other;
    }
    org.apache.avro.Schema writer =
        writers.of(raw.keyData(), raw.keyFrom(), raw.hasKey() ? raw.keyTo() : raw.keyFrom());
    int row = keys.size();
    keys.add(writer, raw.keyData(), raw.keyFrom() + writers.prefix(), raw.keyTo());
    order.add(KEY, row, true, position);
    return null;
  }

  @Override
  public List<Column> build() {
    RowBatch both = changes.build();
    return order.build(
        List.of(struct(both, BEFORE), struct(both, AFTER), keys.build().as(optional)));
  }

  private RowBatch struct(RowBatch both, int column) {
    StructColumn struct = (StructColumn) both.column(column);
    return RowBatch.of(optional, both.size(), struct.fields());
  }

  @Override
  public void close() {
    writers.close();
  }
}
