package dev.headwater.files;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.headwater.columns.Column;
import dev.headwater.columns.StructColumn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.types.Types;

/** A column for each key of objects, in whatever order the keys come. */
final class JsonStruct extends JsonColumn {
  private final String[] names;
  private final boolean[] required;
  private final JsonColumn[] fields;
  private final Map<String, Integer> places = new HashMap<>();
  private final boolean ignoreOthers;

  /**
   * The columns of these fields.
   *
   * @param columns how their dates are written; may be empty
   * @param ignoreOthers whether other keys are left out, or make a row bad
   */
  JsonStruct(
      Types.StructType type, List<SourceColumn> columns, boolean ignoreOthers, JsonText text) {
    super(type);
    this.ignoreOthers = ignoreOthers;
    int n = type.fields().size();
    this.names = new String[n];
    this.required = new boolean[n];
    this.fields = new JsonColumn[n];
    for (int i = 0; i < n; i++) {
      Types.NestedField field = type.fields().get(i);
      // Jackson interns the names of keys, so most are found by identity.
      names[i] = field.name().intern();
      required[i] = field.isRequired();
      String format = columns.isEmpty() ? null : columns.get(i).format();
      fields[i] = of(field.type(), format, text);
      places.put(names[i], i);
    }
  }

  @Override
  void put(JsonParser p) throws IOException {
    if (p.currentToken() != JsonToken.START_OBJECT) {
      throw wrong(p);
    }
    int row = size;
    int expected = 0;
    for (String name = p.nextFieldName(); name != null; name = p.nextFieldName()) {
      int at = place(name, expected);
      p.nextToken();
      if (at < 0) {
        if (!ignoreOthers) {
          throw new NoValue("unknown", "is no column", name, null);
        }
        p.skipChildren();
        continue;
      }
      if (fields[at].size != row) {
        throw new NoValue("syntax", "stands twice", name, null);
      }
      try {
        fields[at].read(p);
      } catch (NoValue e) {
        throw e.in(name);
      }
      expected = at + 1;
    }
    for (int i = 0; i < fields.length; i++) {
      if (fields[i].size == row) {
        fields[i].addNull();
      }
      if (required[i] && fields[i].nulls.get(row)) {
        throw new NoValue("required", "is null, but the table requires it", names[i], null);
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // the quick way for interned names
  private int place(String name, int expected) {
    if (expected < names.length && names[expected] == name) {
      return expected;
    }
    Integer at = places.get(name);
    return at == null ? -1 : at;
  }

  @Override
  void putNull() {
    for (JsonColumn field : fields) {
      field.addNull();
    }
  }

  @Override
  void cut(int rows) {
    super.cut(rows);
    for (JsonColumn field : fields) {
      field.cut(rows);
    }
  }

  @Override
  Column column() {
    int rows = size;
    return StructColumn.of(rows, columns(), nulls.bits(rows));
  }

  /** The columns of the fields; the next batch begins. */
  List<Column> columns() {
    List<Column> out = new ArrayList<>();
    for (JsonColumn field : fields) {
      out.add(field.build());
    }
    return out;
  }

  /** Forgets all rows, whose columns were taken. */
  void clear() {
    nulls.cut(0);
    size = 0;
  }
}
