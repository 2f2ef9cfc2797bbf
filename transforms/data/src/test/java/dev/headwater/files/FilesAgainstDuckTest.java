package dev.headwater.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.files.SourceFormat.Kind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.apache.iceberg.io.InputFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random files that DuckDB writes: what DuckDB reads of them, we read. */
final class FilesAgainstDuckTest {
  private static final String[] TEXTS = {
    "",
    " ",
    "NULL",
    "a,b",
    "\"",
    "\"\"",
    "two\nlines",
    "crlf\r\nline",
    "tab\t",
    "caf\u00e9",
    "\ud83d\ude80",
    "\\",
    "'",
    "null",
    "0",
    "x".repeat(3_000)
  };
  private static final double[] DOUBLES = {
    0, -0.0, 1, 1e22, 9.5e22, 4.9e-324, 1.7976931348623157e308, 0.1, 123456789.12345679, -1e-7
  };

  @TempDir private Path folder = Path.of("unset");

  private static void fill(Statement duck, Random random) throws SQLException {
    duck.execute(
        "create or replace table t (id bigint, n int, x double, d decimal(18, 4), b boolean,"
            + " day date, tm timestamp, s varchar, l bigint[], p struct(a varchar, b double))");
    for (int i = 0; i < 400; i++) {
      List<String> values = new ArrayList<>();
      values.add(Long.toString(random.nextInt(4) == 0 ? random.nextLong() : i));
      values.add(Integer.toString(random.nextInt()));
      double x = random.nextInt(3) == 0 ? DOUBLES[random.nextInt(DOUBLES.length)] : any(random);
      values.add("cast('" + x + "' as double)");
      values.add(String.format(Locale.ROOT, "%.4f", random.nextInt() / 7.0));
      values.add(Boolean.toString(random.nextBoolean()));
      values.add("date '1970-01-01' + " + (random.nextInt(200_000) - 100_000));
      values.add("make_timestamp(" + (random.nextLong() >> 13) + ")");
      values.add("'" + TEXTS[random.nextInt(TEXTS.length)].replace("'", "''") + "'");
      values.add("[" + random.nextInt(9) + ", null]");
      values.add("{'a': 'x" + random.nextInt(3) + "', 'b': " + random.nextInt(50) / 4.0 + "}");
      for (int c = 1; c < values.size(); c++) {
        if (random.nextInt(8) == 0) {
          values.set(c, "null");
        }
      }
      duck.execute("insert into t values (" + String.join(", ", values) + ")");
    }
  }

  private static double any(Random random) {
    double x = Double.longBitsToDouble(random.nextLong());
    return Double.isFinite(x) ? x : random.nextInt(100_000) / 100.0;
  }

  private static List<List<@Nullable Object>> rows(Statement duck, String from)
      throws SQLException {
    List<List<@Nullable Object>> out = new ArrayList<>();
    try (ResultSet rs =
        duck.executeQuery(
            "select id, n, x, d, b, date_diff('day', date '1970-01-01', day), epoch_us(tm), s "
                + from)) {
      while (rs.next()) {
        List<@Nullable Object> row = new ArrayList<>();
        for (int i = 1; i <= 8; i++) {
          Object value = rs.getObject(i);
          row.add(i == 6 && value != null ? (Object) ((Number) value).intValue() : value);
        }
        out.add(row);
      }
    }
    return out;
  }

  private static final String[] COLUMNS = {
    "id",
    "long",
    "n",
    "int",
    "x",
    "double",
    "d",
    "decimal(18, 4)",
    "b",
    "boolean",
    "day",
    "date",
    "tm",
    "timestamp",
    "s",
    "string"
  };

  @Test
  void csvAndJsonAreReadAsDuckDbWroteThem() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement duck = connection.createStatement()) {
      for (int seed = 0; seed < 4; seed++) {
        fill(duck, new Random(seed));
        List<List<@Nullable Object>> expected = rows(duck, "from t");

        for (String packed : List.of("", ".gz", ".zst")) {
          Path csv = folder.resolve("t" + seed + ".csv" + packed);
          duck.execute("copy (select * exclude (l, p) from t) to '" + csv + "' (format csv)");
          // DuckDB writes an empty text between quotes, and a null as nothing.
          check(csv, Kind.CSV, expected);
          Path json = folder.resolve("t" + seed + ".jsonl" + packed);
          duck.execute("copy (select * exclude (l, p) from t) to '" + json + "' (format json)");
          check(json, Kind.JSON, expected);
        }
        Path array = folder.resolve("t" + seed + ".json");
        duck.execute("copy t to '" + array + "' (format json, array true)");
        SourceFormat format =
            Infer.columns(List.of(file(array)), SourceFormat.of(Kind.JSON), false);
        assertThat(format.columns()).extracting(SourceColumn::name).contains("l", "p");
        assertThat(format.columns().get(8).typeText()).isEqualTo("list<long>");
        assertThat(format.columns().get(9).typeText()).isEqualTo("struct<a: string, b: double>");
        Texts.Read read = Texts.read(file(array), format);
        assertThat(read.bad()).isEmpty();
        assertThat(read.rows()).hasSize(400);
      }
    }
  }

  private static InputFile file(Path path) {
    return org.apache.iceberg.Files.localInput(path.toString());
  }

  private static void check(Path path, Kind kind, List<List<@Nullable Object>> expected) {
    Texts.Read read = Texts.read(file(path), SourceFormat.of(kind), COLUMNS);
    assertThat(read.bad()).isEmpty();
    assertThat(read.rows()).isEqualTo(expected);
  }

  /** What a sample tells is what DuckDB's sniffer says of the same file. */
  @Test
  void typesAreFoundOut() {
    InputFile file =
        Texts.file(
            folder,
            "a.csv",
            """
            id,zip,x,ok,day,at,moment,eu,us,either,who,none
            1,007,1.5,true,2024-01-02,2024-01-02 03:04:05,2024-01-02T03:04:05Z,31.12.2024,12/31/2024,01/02/2024,NA,
            2,123,NA,false,2024-01-03,2024-01-02 03:04,2024-01-02T03:04:05+01:00,01.12.2024,01/02/2024,01/02/2024,me,
            """);
    SourceFormat found = Infer.columns(List.of(file), SourceFormat.of(Kind.CSV), true);

    assertThat(found.columns().stream().map(c -> c.name() + " " + c.typeText()))
        .containsExactly(
            "id long",
            "zip string",
            "x double",
            "ok boolean",
            "day date",
            "at timestamp",
            "moment timestamptz",
            "eu date",
            "us date",
            "either string",
            "who string",
            "none string");
    assertThat(found.columns().get(7).format()).isEqualTo("dd.MM.yyyy");
    assertThat(found.columns().get(8).format()).isEqualTo("MM/dd/yyyy");
    assertThat(found.nulls()).containsExactly("", "NA");
    assertThat(Texts.read(file, found).bad()).isEmpty();

    // Unasked nothing is guessed that could be otherwise in the next file.
    SourceFormat plain = Infer.columns(List.of(file), SourceFormat.of(Kind.CSV), false);
    assertThat(plain.nulls()).containsExactly("");
    assertThat(plain.columns().get(2).typeText()).isEqualTo("string");
    assertThat(plain.columns().get(7).typeText()).isEqualTo("string");
  }
}
