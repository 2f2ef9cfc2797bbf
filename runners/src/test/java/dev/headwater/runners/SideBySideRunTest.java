package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.TableRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Targets that don't need each other, as their user sees them run. */
final class SideBySideRunTest {
  private static final String YAML =
      """
      project: shop
      sources:
        of_a: {files: data/a.csv, columns: {id: long, town: string}}
        of_b: {files: data/b.csv, columns: {id: long, town: string}}
        of_bad: {files: data/bad.csv, columns: {id: long, town: string}}
      defaults: {resources: {memory: 32m}}
      tables:
        bad: {from: of_bad}
        of_it: {sql: "select id from bad"}
        a: {from: of_a, java: dev.headwater.runners.Meeting}
        b: {from: of_b, java: dev.headwater.runners.Meeting}
        both: {sql: "select a.id, b.town from a join b on a.id = b.id"}
      """;

  private static TestProject project(Path folder) throws IOException {
    TestProject project = new TestProject(folder);
    project.yaml(YAML);
    Files.writeString(folder.resolve("data/a.csv"), "id,town\n1,x\n");
    Files.writeString(folder.resolve("data/b.csv"), "id,town\n1,y\n");
    Files.writeString(folder.resolve("data/bad.csv"), "number\n1\n");
    return project;
  }

  @Test
  void theyRunBesideEachOtherAndMakeTheSame(@TempDir Path beside, @TempDir Path alone)
      throws Exception {
    TestProject two = project(beside);
    Meeting.awaited = new CountDownLatch(2);
    try {
      // Each waits for the other's row: this ends well only if both are at work at once.
      assertThat(two.headwater("run", "-j", "2")).as(two.said()).isNotZero();
    } finally {
      Meeting.awaited = null;
    }
    assertThat(two.said())
        .containsPattern("ingest +bad +failed after")
        .containsPattern("derive +of_it +skipped +needs bad")
        .containsPattern("derive +both +1 rows");

    TestProject one = project(alone);
    assertThat(one.headwater("run", "-j", "1")).isNotZero();
    assertThat(one.said().lines().filter(line -> line.contains(" ... ")))
        .extracting(line -> line.replaceFirst("^ +\\S+ +(\\S+) .*", "$1"))
        .containsExactly("bad", "a", "b", "both");
    for (String table : List.of("a", "b", "both")) {
      TableRef ref = TableRef.of("shop", table);
      assertThat(two.rows(ref)).as(table).isNotEmpty().isEqualTo(one.rows(ref));
    }
    assertThat(ends(beside)).isEqualTo(ends(alone));
    assertThat(two.headwater("run", "--memory", "1000g")).isEqualTo(2);
    assertThat(two.said()).contains("--memory 1024000m, but the heap has ");
  }

  /** How the runs of each job ended by its events, after each was checked to begin before. */
  private static List<String> ends(Path folder) throws Exception {
    List<String> ends = new ArrayList<>();
    List<String> begun = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(".headwater/catalog.db"));
        ResultSet events =
            connection
                .createStatement()
                .executeQuery(
                    "SELECT json_extract(payload, '$.eventType'), json_extract(payload,"
                        + " '$.job.name'), json_extract(payload, '$.run.facets.parent.run.runId'),"
                        + " json_extract(payload, '$.run.runId') FROM headwater_journal ORDER BY"
                        + " sequence")) {
      while (events.next()) {
        String run = events.getString(4);
        if (events.getString(1).equals("START")) {
          assertThat(begun).doesNotContain(run);
          begun.add(run);
        } else if (events.getString(1).matches("COMPLETE|FAIL")) {
          assertThat(begun).contains(run);
          ends.add(events.getString(2) + " " + events.getString(1));
        }
        String parent = events.getString(3);
        assertThat(parent == null || begun.contains(parent)).as(events.getString(2)).isTrue();
      }
    }
    ends.sort(null);
    return ends;
  }
}
