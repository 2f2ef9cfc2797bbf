package dev.headwater.files;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** JSON objects, one in each value of a column, as rows. One thread. */
public final class JsonValues {
  private final Schema schema;
  private final JsonStruct columns;

  public JsonValues(SourceFormat format, Schema schema) {
    this.schema = schema;
    this.columns =
        new JsonStruct(
            schema.asStruct(), format.columnsOf(schema), format.ignoreOthers(), new JsonText());
  }

  /**
   * The values that are rows, and those that are not.
   *
   * @param positions where each value is
   */
  public Decoded decode(BytesColumn values, long[] positions) {
    long[] good = new long[values.size()];
    List<BadRow> bad = new ArrayList<>();
    for (int row = 0; row < values.size(); row++) {
      int before = columns.size;
      BadRow wrong = read(values, row, positions[row]);
      if (wrong == null) {
        good[before] = positions[row];
      } else {
        columns.cut(before);
        bad.add(wrong);
      }
    }
    int size = columns.size;
    Column[] out = columns.columns().toArray(Column[]::new);
    columns.clear();
    return new Decoded(RowBatch.of(schema, size, out), 0, Arrays.copyOf(good, size), bad, null);
  }

  private @Nullable BadRow read(BytesColumn values, int row, long position) {
    if (values.isNull(row)) {
      return bad(values, row, position, "syntax", "it has no value", null, null);
    }
    int from = values.offsets()[row];
    try (JsonParser parser =
        JsonSource.FACTORY.createParser(values.data(), from, values.length(row))) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return bad(values, row, position, "syntax", "it is no object", null, null);
      }
      columns.read(parser);
      return parser.nextToken() == null
          ? null
          : bad(values, row, position, "syntax", "something stands behind the object", null, null);
    } catch (JsonColumn.NoValue e) {
      String reason = e.column.isEmpty() ? e.why : e.column + " " + e.why;
      return bad(
          values, row, position, e.code, reason, e.column.isEmpty() ? null : e.column, e.value);
    } catch (StreamConstraintsException e) {
      return bad(
          values,
          row,
          position,
          "depth",
          "it is nested deeper than " + JsonSource.DEPTH + ", or a number is too long",
          null,
          null);
    } catch (JsonProcessingException e) {
      return bad(values, row, position, "syntax", "it is no JSON", null, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BadRow bad(
      BytesColumn values,
      int row,
      long position,
      String code,
      String reason,
      @Nullable String column,
      @Nullable String value) {
    int from = values.offsets()[row];
    byte[] raw =
        Arrays.copyOfRange(values.data(), from, from + Math.min(BadRow.RAW, values.length(row)));
    return new BadRow(position, code, reason, column, value, raw, values.length(row));
  }
}
