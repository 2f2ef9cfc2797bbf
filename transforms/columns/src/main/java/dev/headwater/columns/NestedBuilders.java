package dev.headwater.columns;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Builders of lists, maps and structs: a builder for each of their columns. */
final class NestedBuilders {
  private NestedBuilders() {}

  static final class Lists extends ColumnBuilder {
    private final Types.ListType type;
    private final ColumnBuilder elements;
    private int[] offsets = new int[16];

    Lists(Types.ListType type) {
      this.type = type;
      this.elements = ColumnBuilder.of(type.elementType());
    }

    @Override
    void put(int row, Object value) {
      if (!(value instanceof Iterable<?> list)) {
        throw wrong(type, value, "List");
      }
      for (Object element : list) {
        elements.append(element);
      }
      putNull(row);
    }

    @Override
    void putNull(int row) {
      offsets = end(offsets, row, elements.size());
    }

    @Override
    public ColumnBuilder part(int i) {
      return i == 0 ? elements : super.part(i);
    }

    @Override
    void cutValues(int rows) {
      elements.cut(offsets[rows]);
    }

    @Override
    public long bytes() {
      return 4L * (size() + 1) + elements.bytes();
    }

    @Override
    Column build(int rows, @Nullable Bits nullRows) {
      return ListColumn.of(Arrays.copyOf(offsets, rows + 1), elements.build(), nullRows);
    }
  }

  static final class Maps extends ColumnBuilder {
    private final Types.MapType type;
    private final ColumnBuilder keys;
    private final ColumnBuilder values;
    private int[] offsets = new int[16];

    Maps(Types.MapType type) {
      this.type = type;
      this.keys = ColumnBuilder.of(type.keyType());
      this.values = ColumnBuilder.of(type.valueType());
    }

    @Override
    void put(int row, Object value) {
      if (!(value instanceof Map<?, ?> map)) {
        throw wrong(type, value, "Map");
      }
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        if (entry.getKey() == null) {
          throw new IllegalArgumentException("a column of " + type + " takes no null key");
        }
        keys.append(entry.getKey());
        values.append(entry.getValue());
      }
      putNull(row);
    }

    @Override
    void putNull(int row) {
      offsets = end(offsets, row, keys.size());
    }

    @Override
    public ColumnBuilder part(int i) {
      return i == 0 ? keys : i == 1 ? values : super.part(i);
    }

    @Override
    void cutValues(int rows) {
      keys.cut(offsets[rows]);
      values.cut(offsets[rows]);
    }

    @Override
    public long bytes() {
      return 4L * (size() + 1) + keys.bytes() + values.bytes();
    }

    @Override
    Column build(int rows, @Nullable Bits nullRows) {
      return MapColumn.of(Arrays.copyOf(offsets, rows + 1), keys.build(), values.build(), nullRows);
    }
  }

  static final class Structs extends ColumnBuilder {
    private final Types.StructType type;
    private final List<ColumnBuilder> fields = new ArrayList<>();

    Structs(Types.StructType type) {
      this.type = type;
      type.fields().forEach(field -> fields.add(ColumnBuilder.of(field.type())));
    }

    @Override
    void put(int row, Object value) {
      if (!(value instanceof Object[] values)) {
        throw wrong(type, value, "Object[]");
      }
      if (values.length != fields.size()) {
        throw new IllegalArgumentException(
            "a struct of " + fields.size() + " fields given " + values.length + " values");
      }
      for (int i = 0; i < values.length; i++) {
        fields.get(i).append(values[i]);
      }
    }

    @Override
    void putNull(int row) {
      // Of a value that was appended by its parts they are there.
      for (ColumnBuilder field : fields) {
        if (field.size() == row) {
          field.appendNull();
        }
      }
    }

    @Override
    public ColumnBuilder part(int i) {
      return fields.get(i);
    }

    @Override
    void cutValues(int rows) {
      fields.forEach(field -> field.cut(rows));
    }

    @Override
    public long bytes() {
      return fields.stream().mapToLong(ColumnBuilder::bytes).sum();
    }

    @Override
    Column build(int rows, @Nullable Bits nullRows) {
      return StructColumn.of(rows, fields.stream().map(ColumnBuilder::build).toList(), nullRows);
    }
  }

  private static int[] end(int[] offsets, int row, int end) {
    int[] out =
        row + 1 < offsets.length
            ? offsets
            : Arrays.copyOf(offsets, ColumnBuilder.grown(offsets.length));
    out[row + 1] = end;
    return out;
  }
}
