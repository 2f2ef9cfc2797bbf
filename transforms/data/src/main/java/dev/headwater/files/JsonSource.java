package dev.headwater.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.iceberg.Schema;

/**
 * The objects of a JSON file as rows. Lines that follow each other share a parser; behind a bad one
 * a new parser begins at the next line.
 */
final class JsonSource implements RowSource {
  /** How deep a row may be nested. */
  static final int DEPTH = 100;

  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final String path;
  private final Schema schema;
  private final JsonRecords records;
  private final JsonStruct columns;
  private boolean ready;
  private boolean ended;

  JsonSource(String path, JsonRecords records, SourceFormat format, Schema schema) {
    this.path = path;
    this.schema = schema;
    this.records = records;
    this.columns =
        new JsonStruct(
            schema.asStruct(), format.columnsOf(schema), format.ignoreOthers(), new JsonText());
  }

  @Override
  public boolean hasNext() {
    if (!ready && !ended) {
      try {
        ready = records.next();
        ended = !ready;
      } catch (IOException e) {
        throw SourceFault.of(path, e);
      }
    }
    return ready;
  }

  @Override
  public Decoded next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    ready = false;
    int n = records.rows();
    long[] positions = new long[n];
    int[] places = new int[n];
    List<BadRow> bad = new ArrayList<>(records.bad());
    try {
      JsonParser parser = null;
      int base = 0;
      for (int row = 0; row < n; row++) {
        int start = records.start(row);
        int end = records.end(row);
        if (parser == null) {
          base = start;
          int to = records.end(records.oneByOne() ? row : n - 1);
          parser = FACTORY.createParser(records.data(), base, to - base);
        }
        int before = columns.size;
        BadRow wrong =
            JsonRows.read(
                columns,
                parser,
                records.data(),
                base,
                records.start(row),
                end,
                records.position(row));
        if (wrong == null) {
          positions[before] = records.position(row);
          places[before] = row;
        } else {
          columns.cut(before);
          bad.add(wrong);
        }
        if (wrong != null || records.oneByOne() || row == n - 1) {
          parser.close();
          parser = null;
        }
      }
    } catch (IOException e) {
      throw SourceFault.of(path, e);
    }
    int good = columns.size;
    Column[] out = columns.columns().toArray(Column[]::new);
    columns.clear();
    return Decoded.of(
        RowBatch.of(schema, good, out),
        good == n ? positions : Arrays.copyOf(positions, good),
        bad,
        texts(places));
  }

  private RowTexts texts(int[] places) {
    return new RowTexts() {
      @Override
      public String form() {
        return RawRow.JSON;
      }

      @Override
      public List<String> fields() {
        return List.of();
      }

      @Override
      public RawRow of(int row) {
        int start = records.start(places[row]);
        int end = records.end(places[row]);
        return RawRow.text(form(), fields(), bytes(start, end), end - start);
      }
    };
  }

  private byte[] bytes(int start, int end) {
    return Arrays.copyOfRange(records.data(), start, Math.min(end, start + BadRow.RAW));
  }

  /** A text as JSON. */
  static byte[] quoted(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator generator = FACTORY.createGenerator(out)) {
      generator.writeString(text);
    }
    return out.toByteArray();
  }

  /** The JSON of the value that the parser is at, which is read to its end. */
  static byte[] copy(JsonParser parser) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator generator = FACTORY.createGenerator(out)) {
      generator.copyCurrentStructure(parser);
    }
    return out.toByteArray();
  }

  @Override
  public void close() throws IOException {
    records.close();
  }
}
