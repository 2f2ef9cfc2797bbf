package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headwater.catalog.TableRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A range of a table's time read again, as the command does it. */
final class BackfillIT {
  private static final TableRef RIDES = TableRef.of("shop", "rides");

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

  private void declare(String columns, String table) throws IOException {
    project.yaml(
        "project: shop\nsources:\n  in: {files: data/*.csv, columns: {%s}}\ntables:\n  rides: {from: in, time: at, %s}\n"
            .formatted(columns, table));
  }

  private void runs(String... verb) {
    assertThat(project.headwater(verb)).as(project.said()).isZero();
  }

  private List<String> ids() throws IOException {
    return project.rows(RIDES).stream().map(row -> row.substring(0, row.indexOf(' '))).toList();
  }

  @Test
  void theRangeIsReadAgainAndNothingElseHoweverOften() throws IOException {
    String columns = "id: long, at: timestamp, n: long";
    Files.writeString(folder.resolve("rides.yaml"), "columns:\n  n: {min: 0}\n");
    String table = "partition: day(at), write: append, contract: rides.yaml";
    declare(columns, table);
    file(
        "a.csv",
        """
        id,at,n
        1,2001-05-31T23:59:59.999999,1
        2,2001-06-01T00:00:00,2
        3,2001-06-01T12:00:00,-3
        4,2001-06-01T23:59:59.999999,4
        5,2001-06-02T00:00:00,5
        6,2001-06-02T00:00:00,-6
        7,,7
        8,1.6.2001,8
        """);
    runs("run");
    assertThat(ids()).containsExactly("1", "2", "4", "5", "7");
    // What the table should have lost by somebody's mistake, and one that is too many.
    runs("table", "delete", "rides", "--where", "id = 2 or id = 5", "--yes");

    Files.writeString(folder.resolve("rides.yaml"), "columns:\n  n: {min: -5}\n");
    String[] day = {"backfill", "rides", "--from", "2001-06-01", "--to", "2001-06-02"};
    runs("backfill", "rides", "--from", "2001-06-01", "--to", "2001-06-02", "--dry-run");
    assertThat(project.said())
        .contains("1 rows would go, 3 would come, 1 letters; 4 rows are not of the range.");
    assertThat(ids()).containsExactly("1", "4", "7");
    runs(day);
    assertThat(project.said())
        .contains("1 rows are gone, 3 came, 1 letters; 4 rows are not of the range.");
    assertThat(project.events("shop.backfill.rides"))
        .hasSize(2)
        .allSatisfy(
            event -> {
              JsonNode time = event.at("/run/facets/nominalTime");
              assertThat(time.path("nominalStartTime").asText()).startsWith("2001-06-01T00:00:00");
              assertThat(time.path("nominalEndTime").asText()).startsWith("2001-06-02T00:00:00");
            });
    assertThat(ids()).containsExactly("1", "2", "3", "4", "7");
    runs(day);
    assertThat(project.said()).contains("3 rows are gone, 3 came, 1 letters; 4 rows are not of");
    assertThat(ids()).containsExactly("1", "2", "3", "4", "7");

    // Row 3 is no letter any more, row 8 one and not three, row 6 was not of the range.
    runs("letters", "rides", "-o", "json");
    assertThat(project.said()).contains("\"letters\" : 2");
    runs("letters", "rides", "replay");
    assertThat(project.said())
        .contains("2 letters of rides tried: 0 are in the table now, 2 stay letters.");

    // With a type for it row 8 comes by a part of a partition's day, and is no letter then.
    declare("id: long, at: {type: timestamp, format: 'd.M.yyyy'}, n: long", table);
    file("a.csv", "id,at,n\n8,1.6.2001,8\n9,1.6.2001,9\n10,2.6.2001,10\n");
    runs("backfill", "rides", "--from", "2001-06-01T00:00:00Z", "--to", "2001-06-01T06:00:00Z");
    assertThat(project.said()).contains("1 rows are gone, 2 came, 0 letters; 1 rows are not of");
    assertThat(ids()).containsExactly("1", "3", "4", "7", "8", "9");
  }

  @Test
  void whatCannotBeReadAgainIsRefused() throws IOException {
    declare("id: long, at: timestamptz", "write: append");
    file("a.csv", "id,at\n1,2001-06-01T00:00:00Z\n");
    file("b.csv", "id,at\n2,2001-06-02T00:00:00Z\n");
    runs("run");
    file("new.csv", "id,at\n3,2001-06-01T01:00:00Z\n");
    String[] both = {"backfill", "rides", "--from", "2001-06-01", "--to", "2001-06-03"};
    runs(both);
    // Files that no run has read are left to the next one.
    assertThat(ids()).containsExactly("1", "2");
    runs("run");
    assertThat(ids()).containsExactly("1", "2", "3");
    Files.delete(folder.resolve("data/b.csv"));
    assertThat(project.headwater(both)).isEqualTo(4);
    assertThat(project.said()).contains("Cannot read data/b.csv again: it is gone");
    String[] none = {"backfill", "rides", "--from", "2001-06-03", "--to", "2001-06-03"};
    assertThat(project.headwater(none)).isEqualTo(2);
    assertThat(project.said()).contains("write --from before --to.");
    declare("id: long, at: timestamptz", "write: upsert, key: id");
    assertThat(project.headwater(both)).isEqualTo(2);
    assertThat(project.said()).contains("told apart by their key");
    assertThat(ids()).containsExactly("1", "2", "3");
  }
}
