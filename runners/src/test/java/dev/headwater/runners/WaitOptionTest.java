package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.registry.Locks;
import dev.headwater.catalog.registry.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done to a table while another process has its lock. */
final class WaitOptionTest {
  private static final List<String> COMPACT = List.of("table", "compact", "rides", "--sort", "id");

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  @SuppressWarnings("NullAway.Init")
  private TestProject project;

  @BeforeEach
  void project() throws IOException {
    project = new TestProject(folder);
    project.yaml(
        """
        project: shop
        sources:
          in: {files: data/*.csv, columns: {id: long, at: timestamp}}
        tables:
          rides: {from: in, time: at, write: append}
        """);
    Files.writeString(
        folder.resolve("data/a.csv"),
        "id,at\n2,2001-06-01T00:00:00\n1,2001-06-01T00:00:00\nx,2001-06-01T00:00:00\n");
    assertThat(project.headwater("run")).as(project.said()).isZero();
  }

  private Registry registry() {
    return Registry.open(CatalogConfig.embedded(folder.resolve(".headwater")));
  }

  private static Locks.Lock lock(Registry registry, String name) {
    return registry.locks().tryLock("shop", name, Duration.ofMinutes(1)).orElseThrow();
  }

  private int headwater(List<String> verb, String... more) {
    return project.headwater(Stream.concat(verb.stream(), Stream.of(more)).toArray(String[]::new));
  }

  @Test
  void whoHasItIsNamedAtOnceOrAfterTheTimeThatWasGiven() {
    String who = ": process " + ProcessHandle.current().pid() + " on ";
    try (Registry registry = registry();
        Locks.Lock own = lock(registry, "table/rides");
        Locks.Lock compact = lock(registry, "compact/rides");
        Locks.Lock expire = lock(registry, "expire/rides")) {
      for (List<String> verb :
          List.of(
              List.of("backfill rides", "backfill rides --from 2001-06-01 --to 2001-06-02"),
              List.of("replay letters of rides", "letters rides replay"),
              List.of("delete rows of rides", "table delete rides --yes --where id=1"),
              List.of("compact rides", String.join(" ", COMPACT)),
              List.of("expire rides", "table expire rides --yes"))) {
        List<String> said = List.of(verb.get(1).split(" "));
        assertThat(headwater(said)).as(project.said()).isEqualTo(5);
        assertThat(project.said())
            .contains("Cannot " + verb.get(0) + who, " is at it.", "(--wait)")
            .doesNotContain("Waiting");
      }
      assertThat(headwater(COMPACT, "--wait=1s")).as(project.said()).isEqualTo(5);
      assertThat(project.said()).contains("Waiting" + who, "Cannot compact rides" + who);
      assertThat(headwater(COMPACT, "--wait=soon")).isEqualTo(2);
      assertThat(project.said()).contains("'soon' is no age; write 7d, 12h or 30m");
      own.check();
      compact.check();
      expire.check();
    }
  }

  @Test
  void itIsDoneWhenTheOtherHasFinished() {
    List<String> heard = new ArrayList<>();
    try (Registry registry = registry()) {
      Locks.Lock lock = lock(registry, "compact/rides");
      project.listen(
          line -> {
            if (line.contains("Waiting: process ")) {
              heard.add(line);
              lock.close();
            }
          });
      // What follows --wait is the target.
      List<String> verb = List.of("table", "compact", "--sort", "id", "--wait", "rides");
      assertThat(headwater(verb)).as(project.said()).isZero();
    }
    assertThat(heard).hasSize(1);
    assertThat(project.said()).contains("1 files became 1");
  }
}
