package dev.headwater.files;

import static dev.headwater.files.Texts.file;
import static dev.headwater.files.Texts.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.files.SourceFormat.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.iceberg.io.InputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CSV as it should be, and as it comes. */
final class CsvSourceTest {
  private static final SourceFormat CSV = SourceFormat.of(Kind.CSV);

  @TempDir private Path folder = Path.of("unset");

  @Test
  void everyTypeIsReadAndRowsKnowWhereTheyAre() {
    String text =
        """
        id,n,x,price,ok,day,at,moment,clock,note
        1,2147483647,1.5,12.50,true,2024-02-29,2024-01-01 10:00:01.5,2024-01-01T10:00:00+02:00,09:30,"a ""b"", c"
        -9223372036854775808,-1,-0,.5,F,1969-12-31,1969-12-31,2024-01-01 10:00Z,23:59:59.999999,""
        ,,,,,,,,,
        """;
    Texts.Read read =
        read(
            file(folder, "a.csv", text),
            CSV,
            "id",
            "long",
            "n",
            "int",
            "x",
            "double",
            "price",
            "decimal(9, 2)",
            "ok",
            "boolean",
            "day",
            "date",
            "at",
            "timestamp",
            "moment",
            "timestamptz",
            "clock",
            "time",
            "note",
            "string");

    assertThat(read.bad()).isEmpty();
    assertThat(read.texts())
        .containsExactly(
            "[1, 2147483647, 1.5, 12.50, true, 19782, 1704103201500000, 1704096000000000,"
                + " 34200000000, a \"b\", c]",
            "[-9223372036854775808, -1, -0.0, 0.50, false, -1, -86400000000, 1704103200000000,"
                + " 86399999999, ]",
            "[null, null, null, null, null, null, null, null, null, null]");
    assertThat(read.positions())
        .containsExactly(41L, (long) text.indexOf("-92"), (long) text.indexOf(",,,,"));
  }

  @Test
  void aRowThatCannotBeDecodedIsKeptWithItsPlaceAndReason() {
    String text = "id,x\n1,1\n2\n3,3,3\n4,four\n99999999999999999999,5\n6,6\n";

    Texts.Read read = read(file(folder, "a.csv", text), CSV, "id", "long", "x", "double");

    assertThat(read.texts()).containsExactly("[1, 1.0]", "[6, 6.0]");
    assertThat(read.codes()).containsExactly("fields", "fields", "type", "type");
    assertThat(read.raw()).containsExactly("2", "3,3,3", "4,four", "99999999999999999999,5");
    assertThat(read.bad().get(2))
        .satisfies(
            bad -> {
              assertThat(bad.position()).isEqualTo(text.indexOf("4,four"));
              assertThat(bad.reason()).isEqualTo("x is no double");
              assertThat(bad.column()).isEqualTo("x");
              assertThat(bad.value()).isEqualTo("four");
              assertThat(bad.length()).isEqualTo(6);
            });
  }

  @Test
  void numbersAreAsCountriesWriteThem() {
    String text =
        """
        x;n;d
        1.234,5;-1.000;12,30
        -0,75;7;1.234.567,8
        ;;
        1,5e3;12;,5
        1.5;1;1
        1;1.00;1
        1,2,3;1;1
        1;1;1.23,4
        1;1;1,234
        """;
    SourceFormat format =
        CSV.delimiter(';')
            .columns(
                List.of(
                    new SourceColumn("x", "double", "1.234,56"),
                    new SourceColumn("n", "long", "1.234,56"),
                    new SourceColumn("d", "decimal(9, 2)", "1.234,56")));
    Texts.Read read = read(file(folder, "a.csv", text), format);
    assertThat(read.texts())
        .containsExactly(
            "[1234.5, -1000, 12.30]",
            "[-0.75, 7, 1234567.80]",
            "[null, null, null]",
            "[1500.0, 12, 0.50]");
    assertThat(read.raw())
        .containsExactly("1.5;1;1", "1;1.00;1", "1,2,3;1;1", "1;1;1.23,4", "1;1;1,234");

    String french = "x\n1\u202f234,5\n12\u00a0345,0\n1 2\n";
    SourceFormat spaces =
        CSV.delimiter(';').columns(List.of(new SourceColumn("x", "double", "1 234,56")));
    Texts.Read narrow = read(file(folder, "b.csv", french), spaces);
    assertThat(narrow.texts()).containsExactly("[1234.5]", "[12345.0]");
    assertThat(narrow.raw()).containsExactly("1 2");
  }

  @Test
  void theShapeOfNumbersIsFoundWhereOneIsLeft() {
    assertThat(proposed("12,5", "3", "1.200,75")).isEqualTo("double 1.234,56");
    assertThat(proposed("12,5", "0,75")).isEqualTo("double 1.234,56");
    assertThat(proposed("1 200,75", "-3,5")).isEqualTo("double 1 234,56");
    assertThat(proposed("1,200.75", "900.5")).isEqualTo("double 1,234.56");
    assertThat(proposed("12.5", "3")).isEqualTo("double null");
    // Thousands, or thousandths?
    assertThat(proposed("1,200", "3")).isEqualTo("string null");
    assertThat(proposed("12,5", "x")).isEqualTo("string null");
    assertThat(proposed("12,5", "1.5")).isEqualTo("string null");
    assertThat(proposed("10.0.0.1", "10.0.0.2")).isEqualTo("string null");
    assertThat(proposed("555 123", "555 124")).isEqualTo("string null");
  }

  private String proposed(String... values) {
    InputFile in = file(folder, "c.csv", "x;y\n" + String.join(";\n", values) + ";\n");
    SourceColumn x = Infer.columns(List.of(in), CSV.delimiter(';'), true).columns().get(0);
    SourceColumn run = Infer.columns(List.of(in), CSV.delimiter(';'), false).columns().get(0);
    assertThat(run.format()).isNull();
    return x.typeText() + " " + x.format();
  }

  @Test
  void anOpenQuoteTakesNoOtherRowAlong() {
    String text = "id,note\n1,\"never closed\n2,\"b\"\n3,\"c\"d\n4,\"two\r\nlines\"\r\n5,\"open";

    Texts.Read read = read(file(folder, "a.csv", text), CSV, "id", "long", "note", "string");

    assertThat(read.texts()).containsExactly("[2, b]", "[4, two\r\nlines]");
    assertThat(read.codes()).containsExactly("quoting", "quoting", "quoting");
    assertThat(read.raw()).containsExactly("1,\"never closed", "3,\"c\"d", "5,\"open");
  }

  @Test
  void dialectsAreDeclared() {
    InputFile semicolons = file(folder, "a.csv", "a;'b'\n1;'it\\'s; ok'\n-;NA\n");
    SourceFormat format =
        CSV.delimiter(';').quotes('\'', '\\').nulls(List.of("", "NA", "-")).header(true);

    assertThat(read(semicolons, format, "a", "long", "b", "string").texts())
        .containsExactly("[1, it's; ok]", "[null, null]");

    InputFile bare = file(folder, "b.csv", "1\t\"x\n\r\n2\ty\r");
    assertThat(
            read(
                    bare,
                    CSV.delimiter('\t').header(false).quotes((char) 0, (char) 0),
                    "n",
                    "int",
                    "s",
                    "string")
                .texts())
        .containsExactly("[1, \"x]", "[2, y]");
  }

  @Test
  void datesAreReadByTheirPatterns() {
    SourceFormat format =
        CSV.columns(
            List.of(
                new SourceColumn("day", "date", "dd.MM.yyyy"),
                new SourceColumn("at", "timestamp", "MM/dd/yyyy HH:mm"),
                new SourceColumn("s", "timestamptz", "epoch_s")));
    InputFile file =
        file(folder, "a.csv", "day,at,s\n29.02.2024,12/31/1999 23:59,1.5\n30.02.2024,1/1/1,x\n");

    Texts.Read read = read(file, format);

    assertThat(read.texts()).containsExactly("[19782, 946684740000000, 1500000]");
    assertThat(read.bad().get(0).reason()).isEqualTo("day is no date");
  }

  @Test
  void encodingsAreReadAndBrokenUtf8IsALetter() {
    byte[] latin = "n,s\n1,caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(
            read(
                    file(folder, "l.csv", latin),
                    CSV.encoding("ISO-8859-1"),
                    "n",
                    "int",
                    "s",
                    "string")
                .texts())
        .containsExactly("[1, caf\u00e9]");
    assertThat(read(file(folder, "m.csv", latin), CSV, "n", "int", "s", "string").codes())
        .containsExactly("encoding");

    byte[] wide = "\uFEFFn,s\n1,\ud83d\ude80\n".getBytes(StandardCharsets.UTF_16LE);
    InputFile utf16 = file(folder, "w.csv", wide);
    assertThat(read(utf16, CSV.encoding("UTF-16"), "n", "int", "s", "string").texts())
        .containsExactly("[1, \ud83d\ude80]");
    assertThatThrownBy(() -> read(utf16, CSV, "n", "int", "s", "string"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("it begins as UTF-16 does")
        .hasMessageContaining("Fix: declare encoding: UTF-16");

    InputFile marked = file(folder, "b.csv", "\uFEFFn\n7\n");
    assertThat(read(marked, CSV, "n", "int").texts()).containsExactly("[7]");
  }

  @Test
  void aRowThatIsTooLongIsALetterAndMemoryIsBounded() {
    StringBuilder text = new StringBuilder("id,s\n1,a\n2,");
    text.append("x".repeat(SourceFormat.MAX_ROW + 1_000_000)).append("\n3,c\n4,\"");
    for (int i = 0; text.length() < 3L * SourceFormat.MAX_ROW; i++) {
      text.append("line ").append(i).append("\n");
    }
    Texts.Read read =
        read(file(folder, "a.csv", text.toString()), CSV, "id", "long", "s", "string");

    assertThat(read.texts()).containsExactly("[1, a]", "[3, c]");
    assertThat(read.bad().get(0).code()).isEqualTo("length");
    assertThat(read.bad().get(0).length()).isEqualTo(SourceFormat.MAX_ROW + 1_000_002);
    assertThat(read.bad().get(0).raw()).hasSize(BadRow.RAW);
    assertThat(read.bad().get(1).code()).isEqualTo("quoting");
    assertThat(read.raw().get(1)).isEqualTo("4,\"line 0");
    assertThat(read.raw().get(2)).isEqualTo("line 1");
  }

  @Test
  void filesWithOtherColumnsAreNotReadSilently() {
    assertThatThrownBy(() -> read(file(folder, "a.csv", "a,b\n1,2\n"), CSV, "a", "int"))
        .hasMessageContaining("it has a column 'b' that is not declared")
        .hasMessageContaining("others: ignore");
    assertThat(
            read(
                    file(folder, "a.csv", "b,a\n1,2\n"),
                    CSV.ignoreOthers(true),
                    "a",
                    "int",
                    "c",
                    "int")
                .texts())
        .containsExactly("[2, null]");
    assertThatThrownBy(() -> read(file(folder, "a.csv", "a,a\n1,2\n"), CSV, "a", "int"))
        .hasMessageContaining("names 'a' twice");
  }

  @Test
  void emptyFilesHaveNoRows() {
    for (String text : List.of("", "\n\n", "a\n", "a", "\uFEFF")) {
      Texts.Read read = read(file(folder, "a.csv", text), CSV, "a", "int");
      assertThat(read.rows()).isEmpty();
      assertThat(read.bad()).isEmpty();
    }
  }

  /** Cut at any size, a file has the same rows, letters and positions. */
  @Test
  void piecesHaveTheRowsOfTheWhole() {
    int cuts = 0;
    for (int seed = 0; seed < 12; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder("id,s\n");
      for (int i = 0; i < 60_000; i++) {
        text.append(i).append(',');
        switch (random.nextInt(40)) {
          case 0 -> text.append("\"two\nlines, \"\"quoted\"\"\"");
          case 1 -> text.append(random.nextInt(20) == 0 ? "\"open" : "x");
          case 2 -> text.append("a,b");
          default -> text.append("text ").append(random.nextInt(1_000));
        }
        text.append(random.nextInt(3) == 0 ? "\r\n" : "\n");
      }
      InputFile file = file(folder, "p.csv", text.toString());
      SourceFormat format =
          CSV.columns(
              List.of(new SourceColumn("id", "long", null), new SourceColumn("s", "string", null)));
      TextFile whole = TextFile.of(file, format);
      Texts.Read all = read(whole.rows(format.schema()));
      List<Long> starts = whole.pieces(100_000 + random.nextInt(400_000));

      Texts.Read together = new Texts.Read(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      for (int i = 0; i < starts.size(); i++) {
        long end = i + 1 < starts.size() ? starts.get(i + 1) : file.getLength();
        Texts.Read piece = read(whole.rows(format.schema(), starts.get(i), end - starts.get(i)));
        together.rows().addAll(piece.rows());
        together.positions().addAll(piece.positions());
        together.bad().addAll(piece.bad());
      }
      assertThat(together.rows()).isEqualTo(all.rows());
      assertThat(together.positions()).isEqualTo(all.positions());
      assertThat(together.raw()).isEqualTo(all.raw());
      cuts += starts.size() - 1;
    }
    assertThat(cuts).isGreaterThan(10);
  }
}
