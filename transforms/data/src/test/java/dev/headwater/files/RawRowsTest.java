package dev.headwater.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.columns.Values;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

final class RawRowsTest {
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.optional(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "s", Types.StringType.get()));

  private static RawRow csv(String text, String... fields) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return RawRow.text(RawRow.CSV, List.of(fields), bytes, bytes.length);
  }

  private static RawRow json(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return RawRow.text(RawRow.JSON, List.of(), bytes, bytes.length);
  }

  /** What became of each, by its place. */
  private static List<String> decoded(SourceFormat.Kind kind, RawRow... rows) {
    Map<Long, String> out = new TreeMap<>();
    new RawRows(SourceFormat.of(kind), SCHEMA, Map.of("text", "s"))
        .decode(
            List.of(rows),
            part -> {
              for (int row = 0; row < part.rows().size(); row++) {
                List<String> cells = new ArrayList<>();
                for (int c = 0; c < 2; c++) {
                  Object value =
                      Values.of(part.rows().column(c), SCHEMA.columns().get(c).type(), row);
                  cells.add(String.valueOf(value));
                }
                assertThat(out.put(part.position(row), String.join("|", cells))).isNull();
              }
              part.bad().forEach(row -> assertThat(out.put(row.position(), row.code())).isNull());
            });
    assertThat(out.keySet()).containsExactlyElementsOf(places(rows.length));
    return List.copyOf(out.values());
  }

  private static List<Long> places(int n) {
    List<Long> out = new ArrayList<>();
    for (long i = 0; i < n; i++) {
      out.add(i);
    }
    return out;
  }

  @Test
  void eachCsvRowCountsByItself() {
    assertThat(
            decoded(
                SourceFormat.Kind.CSV,
                csv("1,a", "id", "s"),
                csv("2,\"open", "id", "s"),
                csv("3,b", "id", "s"),
                csv("4,closes\",x", "id", "s"),
                csv("5,\"two\nlines\"", "id", "s"),
                csv("6,c\n7,d", "id", "s"),
                csv("", "id", "s"),
                csv("e,8", "s", "id"),
                csv("f,9", "text", "id"),
                csv("10,g,", "id", "s", "other"),
                csv("11,h,i", "id", "s", "other"),
                csv("x,k", "id", "s")))
        .containsExactly(
            "1|a",
            "quoting",
            "3|b",
            "fields",
            "5|two\nlines",
            "syntax",
            "syntax",
            "8|e",
            "9|f",
            "10|g",
            "unknown",
            "type");
  }

  @Test
  void eachJsonRowCountsByItselfAndKeysFollowTheirColumns() {
    assertThat(
            decoded(
                SourceFormat.Kind.JSON,
                json("{\"id\":1,\"s\":\"a\"}"),
                json("{\"id\":2,\"s\":"),
                json("{\n \"id\" : 3 ,\n \"text\" : \"b,}\\\"\"\n}"),
                json("{\"id\":4}{\"id\":5}"),
                json(" "),
                json("{\"id\":6,\"who\":1}"),
                json("{\"id\":70000000000000000000}"),
                json("{}")))
        .containsExactly(
            "1|a", "syntax", "3|b,}\"", "syntax", "syntax", "unknown", "type", "null|null");
  }

  @Test
  void aRowThatWasCutIsNotTakenForWhole() {
    byte[] part = "1,a".getBytes(StandardCharsets.UTF_8);
    RawRow cut = RawRow.text(RawRow.CSV, List.of("id", "s"), part, 5_000_000);
    assertThat(decoded(SourceFormat.Kind.CSV, csv("0,z", "id", "s"), cut, csv("2,b", "id", "s")))
        .containsExactly("0|z", "length", "2|b");
  }
}
