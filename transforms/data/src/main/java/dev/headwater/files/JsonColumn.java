package dev.headwater.files;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.headwater.columns.Column;
import java.io.IOException;
import java.util.List;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/** One column out of JSON values, one by one, without an object each. One thread. */
abstract class JsonColumn {
  /** A value is none of the column's. */
  static final class NoValue extends RuntimeException {
    private static final long serialVersionUID = 1;
    final String code;
    final String why;
    final String column;
    final @Nullable String value;

    NoValue(String code, String why, String column, @Nullable String value) {
      super(why, null, false, false);
      this.code = code;
      this.why = why;
      this.column = column;
      this.value = value;
    }

    /** The same of a field of this name. */
    NoValue in(String name) {
      return new NoValue(code, why, column.isEmpty() ? name : name + "." + column, value);
    }
  }

  final Type type;
  final NullRows nulls = new NullRows();
  int size;

  JsonColumn(Type type) {
    this.type = type;
  }

  /**
   * A column of a type.
   *
   * @param format how it is written, see {@link SourceColumn}; null for the usual way
   * @throws IllegalArgumentException if JSON has no values of it
   */
  static JsonColumn of(Type type, @Nullable String format, JsonText text) {
    boolean packed = format != null && format.startsWith(SourceColumn.BASE64);
    LongText longs = packed ? null : LongText.of(type, format);
    if (longs != null) {
      return new JsonScalars.Longs(type, text, longs);
    }
    return switch (type.typeId()) {
      case BOOLEAN -> new JsonScalars.Booleans(type);
      case FLOAT, DOUBLE -> new JsonScalars.Doubles(type, text, format);
      case STRING -> new JsonScalars.Strings(type, text);
      case DECIMAL, UUID, BINARY -> new JsonScalars.Objects(type, text, format);
      case LIST, MAP -> JsonMany.of(type, text);
      case STRUCT -> new JsonStruct(type.asStructType(), List.of(), false, text);
      default -> throw new IllegalArgumentException("JSON has no values of type " + type);
    };
  }

  /** Appends the value whose first token the parser is at, and reads it to its last one. */
  final void read(JsonParser p) throws IOException {
    if (p.currentToken() == JsonToken.VALUE_NULL) {
      addNull();
    } else {
      put(p);
      size++;
    }
  }

  final void addNull() {
    nulls.set(size);
    putNull();
    size++;
  }

  /** Forgets rows from this one on. */
  void cut(int rows) {
    nulls.cut(rows);
    size = rows;
  }

  abstract void put(JsonParser p) throws IOException;

  abstract void putNull();

  /** The column; the next batch begins. */
  final Column build() {
    Column out = column();
    nulls.cut(0);
    size = 0;
    return out;
  }

  abstract Column column();

  NoValue wrong(JsonParser p) throws IOException {
    String found =
        switch (p.currentToken()) {
          case START_OBJECT -> "{…}";
          case START_ARRAY -> "[…]";
          default -> p.getText();
        };
    String value = found.length() <= BadRow.VALUE ? found : found.substring(0, BadRow.VALUE);
    return new NoValue("type", "is no " + TypeText.of(type), "", value);
  }
}
