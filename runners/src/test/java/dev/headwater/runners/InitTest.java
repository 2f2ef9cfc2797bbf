package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.TableRef;
import dev.headwater.pipelines.project.ModelDecl;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import dev.headwater.pipelines.project.TableDecl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InitTest {
  private static final int ROWS = 400;
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("dd.MM.yyyy", Locale.ROOT);
  private static final LocalDateTime BEGIN = LocalDateTime.of(2026, 3, 1, 6, 0);

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private Path folder;

  @SuppressWarnings("NullAway.Init") // set before each
  private TestProject outside;

  @BeforeEach
  void aFolderWithoutAProject() throws IOException {
    outside = new TestProject(folder);
    StringBuilder csv =
        new StringBuilder("id,updated_at,created_at,State,amount,refund,order,comment,returned\n");
    for (int i = 0; i < ROWS; i++) {
      boolean returned = i % 3 == 0;
      csv.append("A%04d,".formatted(i))
          .append(BEGIN.plusHours(3L * i).plusDays(9))
          .append(',')
          .append(i % 50 == 7 ? "" : BEGIN.plusHours(3L * i))
          .append(i % 2 == 0 ? ",CA," : ",NY,")
          .append(i % 97 / 4.0)
          .append(returned ? ",9.5," : ",0.0,")
          .append(i * 7 % 11)
          .append(",,")
          .append(returned ? "yes\n" : "no\n");
    }
    Files.writeString(folder.resolve("data/orders.csv"), csv);
  }

  @Test
  void guessesWhatAFileHoldsAndSaysWhy() throws IOException {
    assertThat(init("shop", "--from", "data/orders.csv")).as(outside.said()).isZero();
    assertThat(outside.said()).contains("400 rows", "headwater trace returned").contains("cd shop");

    Project project = ProjectFile.read(folder.resolve("shop"));
    TableDecl orders = Objects.requireNonNull(project.tables().get("orders"));
    assertThat(orders.time()).isEqualTo("created_at");
    ModelDecl model = Objects.requireNonNull(project.models().get("returned"));
    assertThat(model.label()).isEqualTo("returned = 'yes'");
    assertThat(model.inputs().keySet())
        .containsExactlyInAnyOrder("state", "amount", "order", "hour", "weekday");
    assertThat(model.split().trainUntil()).isBetween(BEGIN.plusDays(35), BEGIN.plusDays(45));

    String yaml = written("headwater.yaml");
    assertThat(yaml)
        .contains("# Taken before updated_at: its name says when something happened.")
        .contains("# 2.0% of the rows have none, and are not trained on.")
        .contains("# Left out: id is another one in nearly each row: a key?.")
        .contains("# Left out: refund tells the label by itself (AUC 1.000): is it known only")
        .contains("# Left out: comment is always the same.")
        .contains("../data/orders.csv");
    assertThat(written("contracts/orders.yaml"))
        .contains("  State: {required: true, allowed: [CA, NY]}")
        .contains("  amount: {required: true, min: 0, max: 36}")
        .contains("  # 2.0% null\n  created_at: {min: 2026-01-01}")
        .contains("  # no value is there twice, as far as can be told: a key?\n  id:");
  }

  @Test
  void whatItWritesRuns() throws IOException {
    assertThat(init("shop", "--from", "data/orders.csv", "--java")).as(outside.said()).isZero();
    TestProject shop = new TestProject(folder.resolve("shop"));
    assertThat(shop.headwater("plan")).as(shop.said()).isZero();
    assertThat(shop.headwater("run", "orders")).as(shop.said()).isZero();
    assertThat(shop.said()).contains("400 kept, 0 letters");
    assertThat(shop.headwater("test")).as(shop.said()).isZero();
    assertThat(written("tests/orders.yaml")).contains("{code: max, column: amount}");
  }

  @Test
  void daysAreTimesAndOnesOwnWordsCount() throws IOException {
    Files.writeString(
        folder.resolve("sales.csv"),
        "day;price;town\n"
            + Stream.iterate(0, i -> i + 1)
                .limit(90)
                .map(i -> DAY.format(BEGIN.plusDays(i)) + ";1.00" + i % 7 + ",5;T" + i % 4 + "\n")
                .reduce("", String::concat));
    assertThat(init("sales", "--from", "sales.csv")).as(outside.said()).isZero();
    Project guessed = ProjectFile.read(folder.resolve("sales"));
    assertThat(Objects.requireNonNull(guessed.models().get("price")).label())
        .isEqualTo("price > 1005.5");
    TestProject sales = new TestProject(folder.resolve("sales"));
    assertThat(sales.headwater("test")).as(sales.said()).isZero();

    assertThat(init("b", "--from", "sales.csv", "--time", "day", "--label", "town = 'T1'"))
        .as(outside.said())
        .isZero();
    Project told = ProjectFile.read(folder.resolve("b"));
    assertThat(Objects.requireNonNull(told.tables().get("sales")).time()).isEqualTo("day");
    assertThat(Objects.requireNonNull(told.models().get("town")).label()).isEqualTo("town = 'T1'");
    assertThat(Files.readString(folder.resolve("b/headwater.yaml")))
        .contains("delimiter: \";\"", "# --label says it.")
        .contains("price: {type: double, format: \"1.234,56\"}")
        .contains("day: {type: timestamp, format: dd.MM.yyyy}");
  }

  @Test
  void aTableOfOthersIsOnlyRead() throws IOException {
    TestProject lake = new TestProject(folder.resolve("lake"));
    lake.yaml(
        "project: lake\nsources: {f: ../data/orders.csv}\ntables: {orders: {from: f, time:"
            + " created_at}}\n");
    assertThat(lake.headwater("run")).as(lake.said()).isZero();
    TableRef ref = TableRef.of("lake", "orders");
    List<String> before;
    try (var catalog = lake.catalog()) {
      before = List.copyOf(catalog.load(ref).properties().keySet());
    }
    String home = lake.folder().resolve(".headwater").toRealPath().toString();
    assertThat(
            init(
                "from_table",
                "--from",
                "prod.lake.orders",
                "--java",
                "--catalog",
                "uri=jdbc:sqlite:" + home + "/catalog.db",
                "--catalog",
                "warehouse=file://" + home + "/warehouse",
                "--catalog",
                "catalog-name=default"))
        .as(outside.said())
        .isZero();
    TestProject made = new TestProject(folder.resolve("from_table"));
    assertThat(Files.readString(made.folder().resolve("headwater.yaml")))
        .contains("table: prod.lake.orders", "time: created_at", "access: read");
    assertThat(made.headwater("plan")).as(made.said()).isZero();
    try (var catalog = lake.catalog()) {
      assertThat(catalog.load(ref).properties().keySet()).containsExactlyElementsOf(before);
      assertThat(catalog.load(ref).history()).hasSize(1);
      assertThat(catalog.load(ref).refs()).hasSize(1);
    }
  }

  @Test
  void wrongInputIsToldAndNothingIsWritten() throws IOException {
    Files.writeString(folder.resolve("head.csv"), "created_at,amount\n");
    Files.writeString(folder.resolve("void.csv"), "");
    Files.writeString(folder.resolve("timeless.csv"), "a,b\n1,2\n3,4\n");
    Files.writeString(
        folder.resolve("words.csv"),
        "at,word\n2026-01-01T00:00,a\n2026-01-02T00:00,b\n2026-01-03T00:00,c\n");
    Files.createDirectory(folder.resolve("there"));
    Files.writeString(folder.resolve("there/headwater.yaml"), "project: there\n");

    refused(3, "head.csv has no rows.", "p", "--from", "head.csv");
    refused(3, "no column was found", "p", "--from", "void.csv");
    refused(3, "is a timestamp", "p", "--from", "timeless.csv");
    refused(3, "--label \"status = 'paid'\"", "p", "--from", "words.csv");
    refused(3, "none.csv", "p", "--from", "none.csv");
    refused(2, "There is no column 'x' for --time", "p", "--from", "words.csv", "--time", "x");
    refused(2, "Column 'word' is no timestamp", "p", "--from", "words.csv", "--time", "word");
    refused(2, "Cannot use --label `wrd = 1`", "p", "--from", "words.csv", "--label", "wrd = 1");
    refused(2, "not true or false", "p", "--from", "words.csv", "--label", "length(word)");
    refused(2, "has headwater.yaml already", "there", "--from", "data/orders.csv");
    refused(2, "is a file", "head.csv", "--from", "data/orders.csv");
    refused(2, "Nothing says where catalog prod is", "p", "--from", "prod.sales.orders");
    refused(
        2,
        "catalogs.prod.credential: is a secret",
        "p",
        "--from",
        "prod.sales.orders",
        "--catalog",
        "type=rest",
        "--catalog",
        "uri=http://h",
        "--catalog",
        "credential=abc");
    refused(2, "Which folder?");
    assertThat(folder.resolve("p")).doesNotExist();
    assertThat(folder.resolve("there")).isDirectoryNotContaining("glob:**contracts");
  }

  private void refused(int status, String what, String... arguments) {
    assertThat(init(arguments)).as(String.join(" ", arguments)).isEqualTo(status);
    assertThat(outside.said()).contains(what);
  }

  private int init(String... arguments) {
    return outside.headwater(
        Stream.concat(Stream.of("init"), Stream.of(arguments)).toArray(String[]::new));
  }

  private String written(String name) throws IOException {
    return Files.readString(folder.resolve("shop").resolve(name));
  }
}
