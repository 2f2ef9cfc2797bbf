package dev.headwater.files;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.headwater.columns.Column;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** JSON objects as rows of a table, one by one. One thread. */
public final class JsonRows {
  private final JsonStruct columns;

  /**
   * Rows of these columns.
   *
   * @param format how dates are written, and whether other keys are left out or make a row bad
   */
  public JsonRows(Schema schema, SourceFormat format) {
    this.columns =
        new JsonStruct(
            schema.asStruct(), format.columnsOf(schema), format.ignoreOthers(), new JsonText());
  }

  /**
   * Takes an object.
   *
   * @param position where it is, for the bad row
   * @return null if it is a row now; otherwise why not, and nothing is added
   */
  public @Nullable BadRow add(byte[] data, int from, int to, long position) {
    int before = columns.size;
    try (JsonParser parser = JsonSource.FACTORY.createParser(data, from, to - from)) {
      BadRow wrong = read(columns, parser, data, from, from, to, position);
      if (wrong != null) {
        columns.cut(before);
      }
      return wrong;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many rows there are since the last batch. */
  public int size() {
    return columns.size;
  }

  /** The columns of the rows since the last batch, in the schema's order. */
  public List<Column> build() {
    List<Column> out = columns.columns();
    columns.clear();
    return out;
  }

  /**
   * Reads the object that ends at {@code end}; a part of it may stay in the columns if it is bad.
   */
  static @Nullable BadRow read(
      JsonStruct columns, JsonParser parser, byte[] d, int base, int start, int end, long position)
      throws IOException {
    Fault fault = new Fault(d, start, end, position);
    try {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return fault.of("syntax", "it is no object", null, null);
      }
      columns.read(parser);
      int at = base + (int) parser.currentLocation().getByteOffset();
      if (at > end) {
        return fault.of("syntax", "the object does not end with its line", null, null);
      }
      while (at < end && JsonRecords.isSpace(d[at])) {
        at++;
      }
      return at == end
          ? null
          : fault.of("syntax", "something stands behind the object", null, null);
    } catch (JsonColumn.NoValue e) {
      String reason = e.column.isEmpty() ? e.why : e.column + " " + e.why;
      return fault.of(e.code, reason, e.column.isEmpty() ? null : e.column, e.value);
    } catch (StreamConstraintsException e) {
      String why = "it is nested deeper than " + JsonSource.DEPTH + ", or a number is too long";
      return fault.of("depth", why, null, null);
    } catch (JsonProcessingException e) {
      String why = e.getOriginalMessage().lines().findFirst().orElse("it is no JSON");
      return fault.of(why.startsWith("Invalid UTF-8") ? "encoding" : "syntax", why, null, null);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Fault(byte[] data, int start, int end, long position) {
    BadRow of(String code, String reason, @Nullable String column, @Nullable String value) {
      byte[] raw = Arrays.copyOfRange(data, start, Math.min(end, start + BadRow.RAW));
      return new BadRow(position, code, reason, column, value, raw, end - start);
    }
  }
}
