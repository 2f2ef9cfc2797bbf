package dev.headwater.table;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.BytesInterner;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.LongInterner;
import dev.headwater.columns.RowBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.transforms.Transform;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Type.TypeID;
import org.jspecify.annotations.Nullable;

/**
 * Which partition each row of a batch belongs to. A transform runs once for each distinct value
 * (for times: each distinct day or hour), not once a row.
 */
final class PartitionKeys {
  private static final int REMEMBERED = 1 << 16;

  private final PartitionSpec spec;
  private final List<Field> fields = new ArrayList<>();
  private final Map<List<Integer>, Integer> numbers = new HashMap<>();
  private final List<StructLike> partitions = new ArrayList<>();

  PartitionKeys(Schema schema, PartitionSpec spec) {
    this.spec = spec;
    for (PartitionField field : spec.fields()) {
      if (!field.transform().isVoid()) {
        fields.add(new Field(schema, field));
      } else {
        fields.add(new Field());
      }
    }
  }

  /** The values of a partition. */
  StructLike partition(int number) {
    return partitions.get(number);
  }

  /** How many partitions there are so far. */
  int count() {
    return partitions.size();
  }

  /** The number of each row's partition. */
  int[] of(RowBatch batch) {
    int rows = batch.size();
    int[][] codes = new int[fields.size()][];
    for (int f = 0; f < codes.length; f++) {
      codes[f] = fields.get(f).codes(batch);
    }
    int[] out = new int[rows];
    Integer[] key = new Integer[codes.length];
    int previous = -1;
    for (int row = 0; row < rows; row++) {
      boolean same = previous >= 0;
      for (int f = 0; same && f < codes.length; f++) {
        same = codes[f][row] == codes[f][previous];
      }
      if (same) {
        out[row] = out[previous];
      } else {
        for (int f = 0; f < codes.length; f++) {
          key[f] = codes[f][row];
        }
        out[row] = numbers.computeIfAbsent(List.of(key), this::add);
      }
      previous = row;
    }
    return out;
  }

  private int add(List<Integer> codes) {
    PartitionData data = new PartitionData(spec.partitionType());
    for (int f = 0; f < codes.size(); f++) {
      data.set(f, fields.get(f).values.get(codes.get(f)));
    }
    partitions.add(data);
    return partitions.size() - 1;
  }

  /** One field of the spec: its values, numbered. Number 0 is null. */
  private static final class Field {
    final List<@Nullable Object> values = new ArrayList<>();
    private final Map<Object, Integer> codes = new HashMap<>();
    private final Function<Object, @Nullable Object> transform;
    private final @Nullable ColumnPath path;
    private final @Nullable Type type;
    private final @Nullable PartitionRange range;
    private final long unit;

    private LongInterner longs = new LongInterner();
    private BytesInterner texts = new BytesInterner();

    /** The code of each interned value. */
    private int[] known = new int[0];

    /** A field that the spec has no longer: always null. */
    Field() {
      values.add(null);
      transform = v -> null;
      path = null;
      type = null;
      range = null;
      unit = 1;
    }

    Field(Schema schema, PartitionField field) {
      values.add(null);
      type = schema.findType(field.sourceId());
      @SuppressWarnings("unchecked")
      Transform<Object, Object> unbound = (Transform<Object, Object>) field.transform();
      Function<Object, @Nullable Object> bound = unbound.bind(type);
      transform = bound;
      path = ColumnPath.of(schema, schema.findColumnName(field.sourceId()));
      range = PartitionRange.of(schema, field);
      unit = unit(type, field.transform().toString());
    }

    /** How much of a timestamp the transform cannot tell apart. */
    private static long unit(Type type, String transform) {
      long second = type.typeId() == TypeID.TIMESTAMP_NANO ? 1_000_000_000L : 1_000_000L;
      if (type.typeId() != TypeID.TIMESTAMP && type.typeId() != TypeID.TIMESTAMP_NANO) {
        return 1;
      }
      return switch (transform) {
        case "year", "month", "day" -> 86_400 * second;
        case "hour" -> 3_600 * second;
        default -> 1;
      };
    }

    int[] codes(RowBatch batch) {
      int[] out = new int[batch.size()];
      if (type == null || path == null) {
        return out;
      }
      Column column = path.in(batch);
      forget();
      if (column instanceof LongColumn c) {
        ofLongs(c, i -> c.values()[i], out);
      } else if (column instanceof IntColumn c) {
        ofLongs(c, i -> c.values()[i], out);
      } else if (column instanceof DictionaryColumn c) {
        ofEntries(c, out);
      } else if (column instanceof BytesColumn c) {
        for (int i = 0; i < out.length; i++) {
          out[i] = c.isNull(i) ? 0 : text(c, i);
        }
      } else {
        Column values = column;
        IntFunction<@Nullable Object> row = PartitionValues.of(values, type);
        for (int i = 0; i < out.length; i++) {
          Object value = row.apply(i);
          out[i] = value == null ? 0 : code(partition(value));
        }
      }
      return out;
    }

    private void forget() {
      if (longs.size() > REMEMBERED || texts.size() > REMEMBERED) {
        longs = new LongInterner();
        texts = new BytesInterner();
        known = new int[0];
      }
    }

    private void ofLongs(Column column, java.util.function.IntToLongFunction at, int[] out) {
      boolean isInt = column instanceof IntColumn;
      long lastCell = 0;
      int lastCode = -1;
      for (int i = 0; i < out.length; i++) {
        if (column.isNull(i)) {
          continue;
        }
        long value = at.applyAsLong(i);
        long cell = unit == 1 ? value : Math.floorDiv(value, unit);
        if (lastCode < 0 || cell != lastCell) {
          int id = longs.intern(cell);
          if (id >= known.length || known[id] == 0) {
            // Each branch boxes its own type: a conditional would make both a Long.
            Object boxed = isInt ? (Object) (int) value : (Object) value;
            remember(id, code(partition(boxed)));
          }
          lastCell = cell;
          lastCode = known[id] - 1;
        }
        out[i] = lastCode;
      }
    }

    private void ofEntries(DictionaryColumn column, int[] out) {
      int[] entries = new int[column.dictionary().size()];
      Arrays.fill(entries, -1);
      for (int i = 0; i < out.length; i++) {
        if (!column.isNull(i)) {
          int entry = column.codes()[i];
          if (entries[entry] < 0) {
            entries[entry] = text(column.dictionary(), entry);
          }
          out[i] = entries[entry];
        }
      }
    }

    private int text(BytesColumn column, int row) {
      int id = texts.intern(column.data(), column.offsets()[row], column.offsets()[row + 1]);
      if (id >= known.length || known[id] == 0) {
        Object value = PartitionValues.ofBytes(column, row, type);
        remember(id, code(partition(value)));
      }
      return known[id] - 1;
    }

    private void remember(int id, int code) {
      if (id >= known.length) {
        known = Arrays.copyOf(known, Math.max(id + 1, 2 * known.length));
      }
      known[id] = code + 1;
    }

    private @Nullable Object partition(Object value) {
      if (range != null && !range.holds(value)) {
        throw range.refusal(value);
      }
      return transform.apply(value);
    }

    private int code(@Nullable Object value) {
      if (value == null) {
        return 0;
      }
      return codes.computeIfAbsent(
          value,
          v -> {
            values.add(v);
            return values.size() - 1;
          });
    }
  }
}
