package dev.headwater.files;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.headwater.columns.Column;
import dev.headwater.columns.ListColumn;
import dev.headwater.columns.MapColumn;
import java.io.IOException;
import java.util.Arrays;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Columns of many values a row: lists, and maps of texts. */
abstract class JsonMany extends JsonColumn {
  private final JsonColumn[] parts;
  private int[] ends = new int[64];

  private JsonMany(Type type, JsonColumn... parts) {
    super(type);
    this.parts = parts;
  }

  static JsonMany of(Type type, JsonText text) {
    if (type instanceof Types.ListType list) {
      return new Lists(list, of(list.elementType(), null, text));
    }
    Types.MapType map = type.asMapType();
    if (map.keyType().typeId() != Type.TypeID.STRING) {
      throw new IllegalArgumentException("JSON has maps of texts only, not of " + map.keyType());
    }
    return new Maps(map, of(map.keyType(), null, text), of(map.valueType(), null, text));
  }

  @Override
  final void putNull() {
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, 2 * size);
    }
    ends[size] = parts[0].size;
  }

  @Override
  final void cut(int rows) {
    super.cut(rows);
    for (JsonColumn part : parts) {
      part.cut(rows == 0 ? 0 : ends[rows - 1]);
    }
  }

  final int[] offsets() {
    int[] offsets = new int[size + 1];
    System.arraycopy(ends, 0, offsets, 1, size);
    return offsets;
  }

  private static final class Lists extends JsonMany {
    private final JsonColumn elements;

    Lists(Types.ListType type, JsonColumn elements) {
      super(type, elements);
      this.elements = elements;
    }

    @Override
    void put(JsonParser p) throws IOException {
      if (p.currentToken() != JsonToken.START_ARRAY) {
        throw wrong(p);
      }
      while (p.nextToken() != JsonToken.END_ARRAY) {
        elements.read(p);
      }
      putNull();
    }

    @Override
    Column column() {
      return ListColumn.of(offsets(), elements.build(), nulls.bits(size));
    }
  }

  private static final class Maps extends JsonMany {
    private final JsonColumn keys;
    private final JsonColumn values;

    Maps(Types.MapType type, JsonColumn keys, JsonColumn values) {
      super(type, keys, values);
      this.keys = keys;
      this.values = values;
    }

    @Override
    void put(JsonParser p) throws IOException {
      if (p.currentToken() != JsonToken.START_OBJECT) {
        throw wrong(p);
      }
      while (p.nextToken() != JsonToken.END_OBJECT) {
        keys.put(p);
        keys.size++;
        p.nextToken();
        values.read(p);
      }
      putNull();
    }

    @Override
    Column column() {
      return MapColumn.of(offsets(), keys.build(), values.build(), nulls.bits(size));
    }
  }
}
