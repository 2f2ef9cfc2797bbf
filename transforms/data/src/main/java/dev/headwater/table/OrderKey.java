package dev.headwater.table;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.StructColumn;
import dev.headwater.columns.Values;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.apache.iceberg.NullOrder;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortDirection;
import org.apache.iceberg.SortField;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.transforms.Transform;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * A row's place in a sort order as bytes that compare, without a sign, as the rows do. NaN comes
 * after all numbers, -0.0 before 0.0, as Iceberg has it.
 */
public final class OrderKey implements Serializable {
  private static final long serialVersionUID = 1;

  /** The column that carries it, behind the table's own. */
  public static final Types.NestedField FIELD =
      Types.NestedField.required(Integer.MAX_VALUE - 300, "__order", Types.BinaryType.get());

  private final Schema schema;
  private final SortOrder order;

  public OrderKey(Schema schema, SortOrder order) {
    this.schema = schema;
    this.order = order;
  }

  /** The columns that it needs. */
  public Schema columns() {
    Set<String> names = new LinkedHashSet<>();
    order.fields().forEach(field -> names.add(schema.findColumnName(field.sourceId())));
    return schema.select(names);
  }

  /** The key of each row; the batch has at least {@link #columns}. */
  public BytesColumn of(RowBatch batch) {
    List<Part> parts = new ArrayList<>();
    for (SortField field : order.fields()) {
      parts.add(new Part(batch, field));
    }
    Bytes bytes = new Bytes(16 * batch.size() * parts.size());
    int[] offsets = new int[batch.size() + 1];
    for (int row = 0; row < batch.size(); row++) {
      for (Part part : parts) {
        part.write(row, bytes);
      }
      offsets[row + 1] = bytes.length;
    }
    return BytesColumn.of(Arrays.copyOf(bytes.data, bytes.length), offsets, null);
  }

  /** One field of the order, over one batch. */
  private final class Part {
    private final Values values;
    private final Function<Object, @Nullable Object> transform;
    private final Type type;
    private final boolean nullsFirst;
    private final boolean descending;

    Part(RowBatch batch, SortField field) {
      Types.NestedField source = schema.findField(field.sourceId());
      values = values(batch, field.sourceId());
      transform = bind(field.transform(), source.type());
      type = field.transform().getResultType(source.type());
      nullsFirst = field.nullOrder() == NullOrder.NULLS_FIRST;
      descending = field.direction() == SortDirection.DESC;
    }

    /** The values of a column, which may be a struct's field: null where the struct is. */
    private static Values values(RowBatch batch, int id) {
      Types.StructType struct = batch.schema().asStruct();
      Map<Integer, Integer> parents = TypeUtil.indexParents(struct);
      Deque<Integer> path = new ArrayDeque<>();
      for (Integer at = id; at != null; at = parents.get(at)) {
        path.push(at);
      }
      Types.NestedField field = struct.field(path.pop());
      Column column = batch.column(field.name());
      List<Column> structs = new ArrayList<>();
      while (!path.isEmpty()) {
        structs.add(column);
        Types.StructType type = field.type().asStructType();
        field = type.field(path.pop());
        column = ((StructColumn) column).fields().get(type.fields().indexOf(field));
      }
      Values leaf = Values.of(column, field.type());
      return structs.isEmpty()
          ? leaf
          : row -> structs.stream().anyMatch(s -> s.isNull(row)) ? null : leaf.at(row);
    }

    private static Function<Object, @Nullable Object> bind(
        Transform<Object, Object> transform, Type type) {
      return transform.isIdentity() ? value -> value : transform.bind(type);
    }

    void write(int row, Bytes out) {
      Object value = values.at(row);
      Object key = value == null ? null : transform.apply(value);
      if (key == null) {
        out.add(nullsFirst ? 0 : 2);
        return;
      }
      out.add(1);
      int from = out.length;
      put(key, out);
      if (descending) {
        out.invert(from);
      }
    }

    private void put(Object key, Bytes out) {
      switch (type.typeId()) {
        case BOOLEAN -> out.add((Boolean) key ? 1 : 0);
        case INTEGER, DATE, LONG, TIME, TIMESTAMP, TIMESTAMP_NANO ->
            out.add(((Number) key).longValue() ^ Long.MIN_VALUE);
        case FLOAT, DOUBLE -> {
          long bits = Double.doubleToLongBits(((Number) key).doubleValue());
          out.add(bits < 0 ? ~bits : bits ^ Long.MIN_VALUE);
        }
        case DECIMAL -> {
          BigInteger number = ((BigDecimal) key).unscaledValue();
          out.add(number.shiftRight(64).longValue() ^ Long.MIN_VALUE);
          out.add(number.longValue());
        }
        case UUID -> {
          out.add(((UUID) key).getMostSignificantBits());
          out.add(((UUID) key).getLeastSignificantBits());
        }
        case STRING -> out.addText(key.toString().getBytes(StandardCharsets.UTF_8));
        case BINARY, FIXED -> {
          ByteBuffer buffer = ((ByteBuffer) key).duplicate();
          byte[] copy = new byte[buffer.remaining()];
          buffer.get(copy);
          out.addText(copy);
        }
        default -> throw new IllegalArgumentException("rows cannot be sorted by a " + type);
      }
    }
  }

  private static final class Bytes {
    private byte[] data;
    private int length;

    Bytes(int capacity) {
      data = new byte[Math.max(64, capacity)];
    }

    void add(int b) {
      if (length == data.length) {
        data = Arrays.copyOf(data, 2 * data.length);
      }
      data[length++] = (byte) b;
    }

    void add(long number) {
      for (int shift = 56; shift >= 0; shift -= 8) {
        add((int) (number >>> shift));
      }
    }

    /** Zero bytes doubled with an FF, two zeros at the end: what begins another comes before it. */
    void addText(byte[] bytes) {
      for (byte b : bytes) {
        add(b);
        if (b == 0) {
          add(0xFF);
        }
      }
      add(0);
      add(0);
    }

    void invert(int from) {
      for (int i = from; i < length; i++) {
        data[i] = (byte) ~data[i];
      }
    }
  }
}
