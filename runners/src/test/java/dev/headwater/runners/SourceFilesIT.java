package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From files of text to tables and letters, as the command does it. */
final class SourceFilesIT {
  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  Path folder;

  @SuppressWarnings("NullAway.Init")
  private TestProject project;

  @BeforeEach
  void project() throws IOException {
    project = new TestProject(folder);
  }

  private void file(String name, String text) throws IOException {
    Path path = folder.resolve(name);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  @Test
  void everyRowIsInTheTableOrAmongTheLetters() throws IOException {
    file(
        "headwater.yaml",
        """
        project: shop
        sources:
          orders_file: in/*.csv
          clicks_file: {files: clicks, format: json}
        tables:
          orders: {from: orders_file, write: append}
          clicks: {from: clicks_file}
        """);
    file("in/a.csv", "id,price\n1,1.5\n2,2.5\n3\n\"4,5\n");
    file("clicks/a.jsonl", "{\"user\":{\"id\":1},\"tags\":[\"a\"]}\n{\"user\":{\"id\":\n");

    assertThat(project.headwater("run")).as(project.said()).isZero();
    assertThat(project.said())
        .contains("4 rows   2 kept, 2 letters")
        .contains("2 rows   1 kept, 1 letters");
    assertThat(project.headwater("letters", "orders")).isZero();
    assertThat(project.said())
        .contains("it has 1 fields, not 2")
        .contains("a quote is never closed")
        .contains("\"4,5")
        .contains("a.csv");
    assertThat(project.headwater("plan")).isZero();
    assertThat(project.said()).as("the same files again").doesNotContain("runs");

    // The types are the table's by now: what doesn't fit is a letter, a new column comes.
    file("in/b.csv", "id,price,note\n5,cheap,x\n6,6.5,y\n");
    assertThat(project.headwater("run")).as(project.said()).isZero();
    assertThat(project.said()).contains("2 rows   1 kept, 1 letters");
    assertThat(project.headwater("head", "orders")).isZero();
    assertThat(project.said()).contains("6.5").contains("note");
    assertThat(project.headwater("letters", "orders")).isZero();
    assertThat(project.said()).contains("price is no double");

    file("in/c.csv", "id,price\nx,y\nz,w\n");
    assertThat(project.headwater("run")).isEqualTo(3);
    assertThat(project.said()).contains("all 2 rows");
  }

  @Test
  void whatIsInferredIsReadBackAndIngests() throws IOException {
    file(
        "in/a.csv",
        """
        id;code;day;when;price;share;note;ts;odd: "n"
        1;007;31.12.2024;01/02/2024;1.5;NA;5;1700000000;a
        2;012;01.02.2024;03/04/2024;2;0.5;x y;1700000001;b
        3;100;15.06.2024;05/06/2024;;1;6;1700000002;
        """);
    file("in/b.csv", "id;code;day;when;price;share;note;ts;odd: \"n\"\n4;1;;;;;7;1;\n5;6\n");
    file(
        "clicks/a.jsonl",
        """
        {"id":1,"at":"2024-01-01T10:00:00Z","v":1,"place":{"a:b":1,"when":"01.02.2024"}}
        {"id":2,"v":"two","tags":["x"]}
        """);

    assertThat(project.headwater("ingest", "--infer", "in", "--name", "orders"))
        .as(project.said())
        .isZero();
    String orders = project.said();
    assertThat(orders)
        .startsWith("# 2 files, 5 rows looked at of about ")
        .contains("and will be letters: 1\n")
        .contains("    files: in\n    format: csv\n    delimiter: \";\"\n    nulls: [NA]\n")
        .contains("# a text, since numbers have no leading zeros (007)\n      code: string")
        .contains("day: {type: date, format: dd.MM.yyyy}")
        .contains("# dates, but as dd/MM/yyyy or as MM/dd/yyyy? Write which: {type: date, format:")
        .contains("# 'NA' is taken for null\n      share: double")
        .contains("# 3 of 4 values are numbers, 'x y' is not\n      note: string")
        .contains("\"odd: \\\"n\\\"\": string")
        .contains("tables:\n  orders: {from: orders_file}");
    assertThat(project.headwater("ingest", "--infer", "clicks/*.jsonl"))
        .as(project.said())
        .isZero();
    assertThat(project.said())
        .contains("# kept as a text: 1 numbers, 1 texts\n      v: string")
        .contains("place: \"struct<`a:b`: long, when: string>\"")
        .contains("clicks: {from: clicks_file, time: at}");
    String clicks = project.said();

    // Both together, as somebody would keep them.
    file(
        "headwater.yaml",
        orders.replace("tables:", part(clicks, "  clicks_file", "tables:") + "tables:")
            + part(clicks, "  clicks:", "\0"));
    assertThat(project.headwater("ingest", "--infer", "in")).isZero();
    assertThat(project.said()).as("a project is there already").doesNotContain("project:");
    assertThat(project.headwater("run")).as(project.said()).isZero();
    assertThat(project.said())
        .contains("5 rows   4 kept, 1 letters")
        .contains("2 rows   2 kept, 0 letters");

    assertThat(project.headwater("ingest", "in")).isEqualTo(2);
    assertThat(project.said()).contains("Tables are filled by `headwater run`").contains("Fix: ");
    assertThat(project.headwater("ingest", "--infer", "none/*.csv")).isEqualTo(3);
  }

  private static String part(String text, String from, String to) {
    int begin = text.indexOf(from);
    int end = text.indexOf(to, begin);
    return text.substring(begin, end < 0 ? text.length() : end);
  }

  private void avro(String name, String type, Object... values) throws IOException {
    Schema schema =
        SchemaBuilder.record("Order")
            .fields()
            .optionalString("id")
            .name("n")
            .type(type)
            .noDefault()
            .endRecord();
    Files.createDirectories(folder.resolve("in"));
    try (DataFileWriter<GenericRecord> out =
        new DataFileWriter<>(new GenericDatumWriter<>(schema))) {
      out.create(schema, folder.resolve(name).toFile());
      for (Object value : values) {
        out.append(new GenericRecordBuilder(schema).set("id", "o" + value).set("n", value).build());
      }
    }
  }

  @Test
  void filesOfAvroBecomeATableThatTheirTypesWiden() throws IOException {
    file("headwater.yaml", "project: shop\nsources: {f: in/*.avro}\ntables: {orders: {from: f}}\n");
    avro("in/a.avro", "int", 1, 2, 3);
    assertThat(project.headwater("run")).as(project.said()).isZero();
    assertThat(project.said()).contains("3 rows");
    avro("in/b.avro", "long", 4_000_000_000L);
    assertThat(project.headwater("run")).as(project.said()).isZero();
    assertThat(project.said()).contains("1 rows").contains("widened n from int to long");
    assertThat(project.headwater("head", "orders")).isZero();
    assertThat(project.said()).contains("o3").contains("4000000000");

    Files.write(folder.resolve("in/c.avro"), new byte[100]);
    assertThat(project.headwater("run")).isEqualTo(3);
    assertThat(project.said()).contains("in/c.avro: it is no Avro file");
  }

  @Test
  void theTableItselfRemembersWhichFilesItHas() throws Exception {
    file(
        "headwater.yaml",
        """
        project: shop
        sources: {orders_file: "in/**/*.csv"}
        tables: {orders: {from: orders_file, write: append}}
        """);
    for (int i = 0; i < 25; i++) {
      file("in/deep/" + i + ".csv", "id\n" + i + "\n");
    }
    assertThat(project.headwater("run")).as(project.said()).isZero();
    assertThat(project.said()).contains("25 rows   25 kept");

    // Nobody knows of any run any more.
    forgetRuns();
    file("in/more.csv", "id\n100\n101\n");
    Files.move(folder.resolve("in/deep/7.csv"), folder.resolve("in/seven.csv"));
    assertThat(project.headwater("run")).as(project.said()).isZero();
    assertThat(project.said())
        .contains("2 rows   2 kept")
        .contains("not read again: in/deep/7.csv is called in/seven.csv now");
    assertThat(rows("orders")).isEqualTo(27);

    forgetRuns();
    assertThat(project.headwater("run")).as(project.said()).isZero();
    assertThat(project.said()).contains("no rows");
    assertThat(rows("orders")).isEqualTo(27);
    assertThat(project.headwater("plan", "--check")).as(project.said()).isZero();

    // What a table says can be read by whoever reads the table.
    assertThat(project.headwater("table", "show", "orders", "-o", "json")).isZero();
    assertThat(project.said())
        .contains("\"headwater.files.total\" : \"27\"")
        .contains("headwater.files.list")
        .contains("in/more.csv")
        .contains("\\\"size\\\":11")
        .contains("\\\"sha256\\\":\\\"");

    // A changed file stops an append, whoever remembers it.
    forgetRuns();
    file("in/more.csv", "id\n100\n102\n");
    assertThat(project.headwater("run")).isEqualTo(3);
    assertThat(project.said()).contains("Cannot append in/more.csv: it has changed since");
  }

  private void forgetRuns() throws Exception {
    try (Connection db =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(".headwater/catalog.db"));
        Statement statement = db.createStatement()) {
      for (String table : List.of("headwater_edges", "headwater_runs")) {
        statement.executeUpdate("delete from " + table);
      }
    }
  }

  @Test
  void aTransformOfOnesOwnGetsRowsOfText() throws IOException {
    file(
        "headwater.yaml",
        """
        project: shop
        sources: {orders_file: in/*.csv}
        tables:
          orders: {from: orders_file, java: dev.headwater.runners.LargeOnly}
        """);
    file("in/a.csv", "id,price\n1,1.5\n2,20\nx\n3,30\n");

    assertThat(project.headwater("run")).as(project.said()).isZero();
    assertThat(project.said()).contains("4 rows   3 from LargeOnly, 2 kept, 1 letters");
    assertThat(project.headwater("head", "orders")).isZero();
    assertThat(project.said()).contains("30.0").doesNotContain("1.5");
    assertThat(project.headwater("letters", "orders")).isZero();
    assertThat(project.said()).contains("it has 1 fields, not 2").contains("a.csv");
    file("in/b.csv", "id,price\n4,40\n5,\"\n");
    assertThat(project.headwater("run")).as(project.said()).isZero();
    assertThat(project.said()).contains("2 rows   2 from LargeOnly, 1 kept, 1 letters");
  }

  private long rows(String table) {
    assertThat(project.headwater("table", "show", table, "-o", "json")).as(project.said()).isZero();
    Matcher rows = Pattern.compile("\"total-records\" : \"(\\d+)").matcher(project.said());
    assertThat(rows.find()).as(project.said()).isTrue();
    return Long.parseLong(rows.group(1));
  }
}
