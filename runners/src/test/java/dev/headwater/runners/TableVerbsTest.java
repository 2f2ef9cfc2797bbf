package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code headwater table …} asks for, and that it never destroys without a yes. */
final class TableVerbsTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  Path folder;

  private final FakeLauncher launcher = new FakeLauncher();
  private String err = "";

  @BeforeEach
  void copyTheExample() throws IOException {
    Path example = Path.of("../examples/flights");
    Files.createDirectories(folder.resolve("contracts"));
    for (String file : List.of("headwater.yaml", "contracts/flights.yaml")) {
      Files.copy(example.resolve(file), folder.resolve(file));
    }
  }

  private int table(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    Screen screen =
        new Screen(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(errors, true, StandardCharsets.UTF_8),
            false,
            false,
            false,
            false);
    List<String> all = new ArrayList<>(List.of("table"));
    all.addAll(List.of(args));
    all.addAll(List.of("-C", folder.toString()));
    launcher.asked.clear();
    int status =
        Headwater.execute(
            screen, new Session(null, () -> (p, o) -> launcher), all.toArray(String[]::new));
    err = errors.toString(StandardCharsets.UTF_8);
    return status;
  }

  private String asked() {
    return String.join("; ", launcher.asked);
  }

  @Test
  void whatDestroysWantsAYes() {
    for (String[] args :
        new String[][] {
          {"expire", "flights"},
          {"delete", "flights", "--where", "delay > 1000"},
          {"rollback", "flights@snapshot:58"},
          {"tag", "flights", "before", "--remove"},
          {"branch", "flights", "trial", "--remove"},
        }) {
      assertThat(table(args)).as(args[0]).isEqualTo(2);
      assertThat(err).contains("--yes");
      assertThat(asked()).startsWith("would ").doesNotContain(";");
      List<String> more = new ArrayList<>(List.of(args));
      more.add("--dry-run");
      assertThat(table(more.toArray(String[]::new))).isZero();
      assertThat(asked()).startsWith("would ").doesNotContain(";");
      more.set(more.size() - 1, "--yes");
      assertThat(table(more.toArray(String[]::new))).isZero();
      assertThat(asked()).doesNotContain("would").doesNotContain(";");
    }
  }

  @Test
  void orphansAreOnlyListedWithoutAYes() {
    assertThat(table("orphans", "flights")).isZero();
    assertThat(asked()).isEqualTo("would Orphans[olderThan=null] of table/flights");
    table("orphans", "flights", "--older-than", "7d", "--yes");
    assertThat(asked()).isEqualTo("Orphans[olderThan=PT168H] of table/flights");
  }

  @Test
  void tasksAreAskedAsTheyAreWritten() {
    table("compact", "flights");
    assertThat(asked())
        .isEqualTo("Compact[where=null, sort=[], targetBytes=0, minFiles=5] of table/flights");
    table(
        "compact",
        "flights",
        "--sort",
        "truncate(3, origin) desc, date",
        "--where",
        "delay > 3",
        "--target-size",
        "64m",
        "--min-files",
        "2",
        "--dry-run");
    assertThat(asked())
        .isEqualTo(
            "would Compact[where=delay > 3, sort=[truncate(3, origin) desc, date],"
                + " targetBytes=67108864, minFiles=2] of table/flights");
    table("diff", "flights@58", "--to", "77", "--rows", "3");
    assertThat(asked()).isEqualTo("would Diff[from=58, to=77, rows=3] of table/flights");
    table("tag", "flights@58", "before");
    assertThat(asked()).isEqualTo("Tag[name=before, at=58, remove=false] of table/flights");
    table("branch", "flights", "trial");
    assertThat(asked()).isEqualTo("Branch[name=trial, at=null, remove=false] of table/flights");
    table("expire", "flights", "--older-than", "12h", "--keep", "3", "--yes");
    assertThat(asked()).isEqualTo("Expire[olderThan=PT12H, keep=3] of table/flights");
    table("rewrite-manifests", "flights");
    assertThat(asked()).isEqualTo("Manifests[] of table/flights");
  }

  @Test
  void wrongUseIsTold() {
    assertThat(table("expire", "flights", "--keep", "0", "--yes")).isEqualTo(2);
    assertThat(table("expire", "flights", "--older-than", "soon", "--yes")).isEqualTo(2);
    assertThat(table("rollback", "flights", "--yes")).isEqualTo(2);
    assertThat(table("tag", "flights")).isEqualTo(2);
    assertThat(table("compact", "flights", "--target-size", "big")).isEqualTo(2);
    assertThat(asked()).isEmpty();
  }
}
