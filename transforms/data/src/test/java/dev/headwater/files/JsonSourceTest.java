package dev.headwater.files;

import static dev.headwater.files.Texts.file;
import static dev.headwater.files.Texts.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.files.SourceFormat.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.io.InputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JSON lines, arrays and values, nested and broken. */
final class JsonSourceTest {
  private static final SourceFormat JSON = SourceFormat.of(Kind.JSON);
  private static final String[] COLUMNS = {
    "id", "long",
    "x", "double",
    "s", "string",
    "day", "date",
    "tags", "list<string>",
    "rates", "map<string, double>",
    "place", "struct<town: string, n: int>"
  };

  @TempDir private Path folder = Path.of("unset");

  @Test
  void nestedValuesStayNested() {
    String text =
        """
        {"id":1,"x":1,"s":"\\u00e9\\ud83d\\ude80","day":"2024-02-29","tags":["a",null],"rates":{"k":0.5},"place":{"n":3,"town":"X"}}

          {"tags":[],"id":"2","s":{"any": [1, 2]},"place":null,"x":null}
        """;
    Texts.Read read = read(file(folder, "a.jsonl", text), JSON, COLUMNS);

    assertThat(read.bad()).isEmpty();
    assertThat(read.texts())
        .containsExactly(
            "[1, 1.0, \u00e9\ud83d\ude80, 19782, [a, null], {k=0.5}, [X, 3]]",
            "[2, null, {\"any\":[1,2]}, null, [], null, null]");
    assertThat(read.positions())
        .containsExactly(0L, (long) bytes(text).indexOf("{\"tags\":[]") - 2);
  }

  private static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  @Test
  void badRowsHaveTheirReasonAndTakeNoOthersAlong() {
    List<String> bad =
        List.of(
            "{\"id\":\"one\"}",
            "{\"id\":1,\"place\":{\"n\":\"three\"}}",
            "{\"id\":1,\"id\":2}",
            "{\"id\":1,\"other\":2}",
            "{\"id\":1",
            "{\"id\":1} {\"id\":2}",
            "[1]",
            "{\"id\":9223372036854775808}",
            "{\"s\":\"\\ud800\"}",
            "{\"tags\":" + "[".repeat(200) + "]".repeat(200) + "}");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < bad.size(); i++) {
      text.append("{\"id\":")
          .append(i)
          .append(",\"tags\":[\"t\"]}\n")
          .append(bad.get(i))
          .append('\n');
    }
    Texts.Read read = read(file(folder, "a.jsonl", text.toString()), JSON, COLUMNS);

    assertThat(read.rows().stream().map(row -> String.valueOf(row.get(0))).toList())
        .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    assertThat(read.rows().stream().map(row -> String.valueOf(row.get(4)))).containsOnly("[t]");
    assertThat(read.raw()).isEqualTo(bad);
    assertThat(read.codes())
        .containsExactly(
            "type",
            "type",
            "syntax",
            "unknown",
            "syntax",
            "syntax",
            "syntax",
            "type",
            "encoding",
            "depth");
    assertThat(read.bad().get(1).column()).isEqualTo("place.n");
    assertThat(read.bad().get(1).reason()).isEqualTo("place.n is no int");
    assertThat(read.bad().get(1).value()).isEqualTo("three");
    assertThat(read.bad().get(3).reason()).isEqualTo("other is no column");
    for (BadRow row : read.bad()) {
      assertThat(text.substring((int) row.position()))
          .startsWith(new String(row.raw(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void deepNestingAndBrokenUtf8AreLetters() {
    String deep = "{\"s\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}\n";
    assertThat(read(file(folder, "d.jsonl", deep), JSON, "s", "string").codes())
        .containsExactly("depth");
    byte[] broken = {'{', '"', 's', '"', ':', '"', (byte) 0xff, '"', '}', '\n'};
    assertThat(read(file(folder, "u.jsonl", broken), JSON, "s", "string").codes())
        .containsExactly("encoding");
  }

  @Test
  void arraysAndValuesOverLinesAreRowsToo() {
    String array =
        " [ {\"id\": 1, \"s\": \"a]\\\"\"},\n {\n\"id\": 2},{\"id\":\"x\"} ,{\"id\":4} ]\n";
    Texts.Read read = read(file(folder, "a.json", array), JSON, COLUMNS);
    assertThat(read.rows().stream().map(row -> row.get(0))).containsExactly(1L, 2L, 4L);
    assertThat(read.raw()).containsExactly("{\"id\":\"x\"}");

    String values = "{\n \"id\": 1\n}\n{\n \"id\": 2\n}";
    assertThat(read(file(folder, "v.json", values), JSON, "id", "long").texts())
        .containsExactly("[1]", "[2]");
    assertThatThrownBy(() -> read(file(folder, "b.json", "[{\"id\":1},"), JSON, "id", "long"))
        .hasMessageContaining("its array never ends");
    assertThatThrownBy(() -> read(file(folder, "c.json", "[{\"id\":1},{\"id"), JSON, "id", "long"))
        .hasMessageContaining("a value that begins at byte 10 never ends");
  }

  @Test
  void aRowOf64MegabytesIsALetter() {
    String text = "{\"s\":\"a\"}\n{\"s\":\"" + "x".repeat(64 << 20) + "\"}\n{\"s\":\"c\"}\n";
    Texts.Read read = read(file(folder, "a.jsonl", text), JSON, "s", "string");
    assertThat(read.texts()).containsExactly("[a]", "[c]");
    assertThat(read.codes()).containsExactly("length");
    assertThat(read.bad().get(0).length()).isEqualTo((64 << 20) + 8);
  }

  @Test
  void piecesHaveTheRowsOfTheWhole() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 50_000; i++) {
      text.append(i % 97 == 0 ? "{\"id\":}" : "{\"id\":" + i + ",\"s\":\"text " + i + "\"}")
          .append('\n');
    }
    InputFile file = file(folder, "p.jsonl", text.toString());
    SourceFormat format =
        JSON.columns(
            List.of(new SourceColumn("id", "long", null), new SourceColumn("s", "string", null)));
    TextFile whole = TextFile.of(file, format);
    Texts.Read all = read(whole.rows(format.schema()));
    List<Long> starts = whole.pieces(100_001);
    List<List<Object>> rows = new ArrayList<>();
    int bad = 0;
    for (int i = 0; i < starts.size(); i++) {
      long end = i + 1 < starts.size() ? starts.get(i + 1) : file.getLength();
      Texts.Read piece = read(whole.rows(format.schema(), starts.get(i), end - starts.get(i)));
      piece.rows().forEach(row -> rows.add(new ArrayList<>(row)));
      bad += piece.bad().size();
    }
    assertThat(starts.size()).isGreaterThan(10);
    assertThat(rows).isEqualTo(all.rows());
    assertThat(bad).isEqualTo(all.bad().size()).isEqualTo(516);
  }
}
