package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.TableRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters shown, counted, mended and tried again, as the command does it. */
final class LettersIT {
  private static final TableRef ORDERS = TableRef.of("shop", "orders");

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  @SuppressWarnings("NullAway.Init")
  private TestProject project;

  @BeforeEach
  void project() throws IOException {
    project = new TestProject(folder);
  }

  private void file(String name, String text) throws IOException {
    Files.writeString(folder.resolve("data").resolve(name), text, StandardCharsets.UTF_8);
  }

  private void declare(String source, String table) throws IOException {
    project.yaml(
        "project: shop\nsources:\n  in: %s\ntables:\n  orders: {from: in, %s}\n"
            .formatted(source, table));
  }

  private void contract(String text) throws IOException {
    Files.writeString(folder.resolve("orders.yaml"), text);
  }

  private void runs(String... verb) {
    assertThat(project.headwater(verb)).as(project.said()).isZero();
  }

  private List<String> rows() throws IOException {
    return project.rows(ORDERS);
  }

  @Test
  void csvThatCouldNotBeDecodedIsReplayedOnceItsFormatIsDeclared() throws IOException {
    file(
        "a.csv",
        "id,day,note\n1,2001-01-01,a\n2,03.01.2001,\"b, c\"\nx,2001-01-03,d\n4,05.01.2001\n");
    declare("{files: data/*.csv, columns: {id: long, day: date, note: string}}", "write: append");
    runs("run");
    assertThat(rows()).containsExactly("1 11323 a");
    runs("letters", "orders", "summary", "-o", "json");
    assertThat(project.said()).contains("\"letters\" : 3").contains("\"code\" : \"fields\"");

    declare(
        "{files: data/*.csv, columns: {id: long, day: {type: date, format: dd.MM.yyyy}, note:"
            + " string}}",
        "write: append");
    runs("letters", "orders", "replay", "--dry-run");
    assertThat(project.said())
        .contains("3 letters of orders tried, nothing changed: 1 would be in the table, 2 would");
    assertThat(rows()).hasSize(1);
    runs("letters", "orders", "replay");
    assertThat(project.said())
        .contains("3 letters of orders tried: 1 are in the table now, 2 stay letters.");
    assertThat(rows()).containsExactly("1 11323 a", "2 11325 b, c");
    runs("letters", "orders", "replay");
    assertThat(project.said()).contains("2 letters of orders tried: 0 are in the table now, 2 ");
    assertThat(rows()).hasSize(2);
    runs("letters", "orders");
    assertThat(project.said()).contains("4,05.01.2001").doesNotContain("b, c");
    runs("letters", "orders", "--all", "-n", "50");
    assertThat(project.said()).contains("b, c");
  }

  private static final Schema RIDES =
      new Schema(
          Types.NestedField.optional(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "price", Types.DoubleType.get()),
          Types.NestedField.optional(3, "town", Types.StringType.get()),
          Types.NestedField.optional(
              4,
              "tags",
              Types.ListType.ofOptional(
                  5,
                  Types.StructType.of(
                      Types.NestedField.optional(6, "k", Types.StringType.get())))));

  @Test
  void rowsOfParquetComeBackOnceTheContractLetsThemAndColumnsMayHaveChangedSince()
      throws IOException {
    List<Object> tags = List.of((Object) new Object[] {"x"});
    project.file(
        "a",
        RIDES,
        TestProject.row(1L, 0.1, "Ulm", tags),
        TestProject.row(2L, -0.0, null, null),
        TestProject.row(3L, 1e300, "Bonn", tags),
        TestProject.row(4L, -5.0, null, null));
    contract("columns:\n  price: {min: 0, max: 100}\n  town: {required: true}\n");
    declare("data/*.parquet", "write: append, contract: orders.yaml");
    runs("run");
    assertThat(rows()).hasSize(1);
    runs("letters", "orders", "summary", "-o", "json");
    // A row with two reasons is one letter that counts for each.
    assertThat(project.said())
        .contains("\"letters\" : 3")
        .contains("\"code\" : \"required\",\n    \"letters\" : 2")
        .contains("\"share\" : \"75.00%\"");

    contract("columns:\n  price: {min: -1}\n");
    declare(
        "data/*.parquet", "write: append, contract: orders.yaml, schema: {rename: {town: city}}");
    project.file(
        "b",
        new Schema(Types.NestedField.optional(1, "city", Types.StringType.get())),
        TestProject.row("Kiel"));
    runs("run");
    assertThat(rows()).hasSize(2);
    runs("letters", "orders", "replay", "--code", "required");
    assertThat(project.said())
        .contains("2 letters of orders tried: 1 are in the table now, 1 stay letters.")
        .contains("price is less than -1");
    runs("letters", "orders", "replay");
    assertThat(project.said()).contains("2 letters of orders tried: 1 are in the table now, 1 ");
    assertThat(rows()).hasSize(4);
    assertThat(rows().get(1)).startsWith("2 -0.0 null null");
    assertThat(rows().get(2)).startsWith("3 1.0E300 Bonn [");
    runs("runs", "-o", "json");
    assertThat(project.said())
        .contains("\"stage\" : \"replay\"")
        .contains("shop.orders__letters@")
        .contains("\"letters_replayed\" : 1.0");
    runs("run");
    assertThat(rows()).hasSize(4);
  }

  @Test
  void lettersAreMendedInAFileAndEachIsReplayedOnce() throws IOException {
    file(
        "a.jsonl",
        "{\"id\":1,\"in\":{\"n\":1}}\n{\"id\":\"two\"}\n{\"id\":3,\"in\":{\"n\":\"x\"}}\n");
    declare("{files: data/*.jsonl, columns: {id: long, in: 'struct<n: int>'}}", "write: append");
    runs("run");
    Path mended = folder.resolve("mended.jsonl");
    runs("letters", "orders", "export", "--to", mended.toString());
    List<String> lines = Files.readAllLines(mended);
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).contains("\"raw\":\"{\\\"id\\\":\\\"two\\\"}\"");
    Files.write(
        mended, List.of(lines.get(0).replace("two", "2"), lines.get(0).replace("two", "2")));

    runs("letters", "orders", "replay", "--file", mended.toString());
    assertThat(project.said()).contains("1 letters of orders tried: 1 are in the table now, 0 ");
    assertThat(rows()).hasSize(2);
    assertThat(rows().get(1)).startsWith("2 null");
    runs("letters", "orders", "replay", "--file", mended.toString());
    assertThat(project.said())
        .contains("No letter of orders to try.")
        .contains("1 were replayed before and were left alone.");
    assertThat(rows()).hasSize(2);
    Files.write(mended, List.of(lines.get(0), lines.get(0).replace("two", "7")));
    assertThat(project.headwater("letters", "orders", "replay", "--file", mended.toString()))
        .isEqualTo(2);
    assertThat(project.said()).contains("line 2: it has a letter's id twice, with two rows");
    Files.write(mended, List.of("{\"id\":\"nobody\",\"raw\":\"{}\"}"));
    assertThat(project.headwater("letters", "orders", "replay", "--file", mended.toString()))
        .isEqualTo(2);
    assertThat(project.said()).contains("1 ids are of no letter of orders: nobody");
  }

  @Test
  void upsertedRowsTakeTheirPlaceByKeyAndOrderAndThoseOfChangedFilesAreLeftAlone()
      throws IOException {
    file("a.csv", "id,at,n\n1,5,one\n2,1,two\n3,1,three\n,1,one\n");
    file("b.csv", "id,at,n\n4,1,four\n5,1,five\n");
    contract("columns:\n  id: {required: true}\n  n: {allowed: [one, four]}\n");
    String source = "{files: data/*.csv, columns: {id: long, at: long, n: string}}";
    String table = "write: upsert, key: id, order: at, contract: orders.yaml";
    declare(source, table);
    runs("run");
    assertThat(rows()).containsExactly("1 5 one", "4 1 four");
    // A newer row of a key that a letter has, and a file whose letters are others now.
    file("c.csv", "id,at,n\n2,9,one\n");
    file("b.csv", "id,at,n\n4,1,four\n6,1,six\n");
    runs("run");
    contract("columns:\n  n: {allowed: [one, two, three, four, five, six]}\n");
    runs("letters", "orders", "replay");
    assertThat(project.said())
        .contains("4 letters of orders tried: 3 are in the table now, 1 stay letters.")
        .contains("1 are of files that were read again since")
        .contains("a column of its key is null");
    assertThat(rows()).containsExactly("1 5 one", "2 9 one", "3 1 three", "4 1 four", "6 1 six");
  }

  @Test
  void rowsForWhichAConditionIsTrueRemoveThoseWithTheirKey() throws IOException {
    file("a.csv", "id,at,n,op\n1,1,one,u\n2,5,two,u\n3,1,three,u\n");
    contract("columns:\n  n: {required: true}\n");
    String source = "{files: data/*.csv, columns: {id: long, at: long, n: string, op: string}}";
    String table = "write: upsert, key: id, order: at, delete: \"op = 'd'\", contract: orders.yaml";
    declare(source, table);
    runs("run");
    assertThat(rows()).containsExactly("1 1 one u", "2 5 two u", "3 1 three u");
    // An older removal leaves its row; one that comes last in its run leaves nothing of its key.
    file(
        "b.csv",
        "id,at,n,op\n1,2,,d\n2,4,,d\n3,2,,u\n,1,,d\n4,1,,d\n5,1,five,u\n5,2,,d\n6,1,,d\n6,2,six,u\n");
    runs("run");
    assertThat(project.said()).contains("9 rows   1 kept, 2 letters");
    assertThat(rows()).containsExactly("2 5 two u", "3 1 three u", "6 2 six u");
    runs("letters", "orders", "summary");
    assertThat(project.said()).contains("a column of its key is null", "n is missing");
    contract("columns:\n  n: {required: false}\n");
    runs("letters", "orders", "replay");
    assertThat(project.said()).contains("1 are in the table now, 1 stay letters.");
    assertThat(rows()).containsExactly("2 5 two u", "3 2 null u", "6 2 six u");
  }

  @Test
  void whatTheTableCannotHoldIsALetter() throws IOException {
    file("a.csv", "id,price\n1,-99.91\n2,5.00\n,1.00\n3,-99.90\n");
    declare(
        "{files: data/*.csv, columns: {id: long, price: 'decimal(4, 2)'}}",
        "write: upsert, key: id, partition: 'truncate(10, price)'");
    runs("run");
    assertThat(rows()).containsExactly("2 5.00", "3 -99.90");
    runs("letters", "orders", "summary");
    assertThat(project.said())
        .contains("price is not from -99.90 to 99.99: for others truncate[10] has no partition")
        .contains("a column of its key is null");
    runs("letters", "orders", "replay");
    assertThat(project.said()).contains("2 letters of orders tried: 0 are in the table now, 2 ");
  }

  @Test
  void oddBytesAreShownSafely() throws IOException {
    Files.write(
        folder.resolve("data/a.csv"),
        "id,s\n1,a\nx\u001b[2J,\u202eb\n".getBytes(StandardCharsets.UTF_8));
    Files.write(
        folder.resolve("data/b.csv"),
        new byte[] {'i', 'd', ',', 's', '\n', 'y', (byte) 0xff, ',', 'c'});
    declare("{files: data/*.csv, columns: {id: long, s: string}}", "write: append");
    runs("run");
    runs("letters", "orders", "show", "--source", "a.csv");
    assertThat(project.said()).contains("x\\u001b[2J,\\u202eb").doesNotContain("\u001b", "\u202e");
    runs("letters", "orders", "--source", "b.csv");
    assertThat(project.said()).contains("y\\xff,c").doesNotContain("\\u202e");
    runs("letters", "orders", "--source", "b.csv", "-o", "json");
    assertThat(project.said()).contains("\"raw_base64\" : \"ef8sYw==\"");
    runs("letters", "orders", "--code", "min");
    assertThat(project.said()).contains("No letter of orders is one of these.");
    assertThat(project.headwater("letters", "orders", "--where", "nothing = 1")).isEqualTo(2);
    assertThat(project.said()).contains("the letters' columns are source, position, code");
  }

  @Test
  void aRunThatMakesTooManyLettersStopsEarlyAndSaysWhich() throws IOException {
    StringBuilder text = new StringBuilder("id,n\n");
    for (int i = 0; i < 30_000; i++) {
      text.append(i % 5 == 0 ? "x" : "").append(i).append(",a\n");
    }
    file("a.csv", text.toString());
    String source = "{files: data/*.csv, columns: {id: long, n: string}}";
    declare(source, "write: append, letters: {max_share: 0.1, sample: 1000}");
    assertThat(project.headwater("run")).isEqualTo(3);
    assertThat(project.said())
        .contains("rows that a worker has read so far are letters (20.0")
        .doesNotContain("6000 of 30000")
        .contains("Most often: id is no long (1,6", "e.g. 'x0' at ", "headwater letters orders");

    declare(source, "write: append, letters: {max_share: 0.1, sample: 0}");
    assertThat(project.headwater("run")).isEqualTo(3);
    assertThat(project.said()).contains("6000 of 30000 rows are letters (20.00%)", "id is no long");
    declare(source, "write: append, letters: {max_rows: 10}");
    assertThat(project.headwater("run")).isEqualTo(3);
    assertThat(project.said()).contains("more than max_rows 10 allows");
    assertThat(project.headwater("letters", "orders")).isZero();
    assertThat(project.said()).contains("orders has no letters");
    declare(source, "write: append, letters: {max_share: 0.25}");
    runs("run");
    assertThat(rows()).hasSize(24_000);
    declare(source, "write: append, letters: {max_share: 0.3}");
    runs("plan");
    assertThat(project.said()).contains("fresh");
    declare(source, "write: append, letters: {max_share: 2}");
    assertThat(project.headwater("plan")).isEqualTo(2);
    assertThat(project.said()).contains("max_share: '2.0' is not a share from 0 to 1");
  }
}
