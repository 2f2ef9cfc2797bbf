package dev.headwater.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.FakeFiles;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes on one embedded catalog: killed, stopped for a while, at the same time. */
final class ProcessesIT {
  private static final TableRef REF = TableRef.of("demo", "rides");

  /** Of the calls of a commit. {@link FaultSuite} lets each fail, without a process of its own. */
  private static final int EVERY = Integer.getInteger("headwater.faults.every", 4);

  private final Path directory;
  private TableCatalog catalog;
  private Table table;

  ProcessesIT(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void open() {
    catalog = TableCatalog.open(CatalogConfig.embedded(directory));
    table = FakeFiles.create(catalog, REF);
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private Process start(String run, int commits, String when, int call) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            CommitProcess.class.getName(),
            directory.toString(),
            run,
            String.valueOf(commits),
            when,
            String.valueOf(call))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String line(Process process) throws IOException {
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    return Objects.requireNonNull(out.readLine(), "the process ended without a word");
  }

  private Committed again(String run) {
    String id = run + "-0";
    Change change =
        Change.append(
            REF,
            Token.ofRun("sink", id, List.of("in")),
            List.of(FakeFiles.write(table, CommitProcess.id(id))));
    return new Committer(catalog).commit(change);
  }

  private List<String> tokens() {
    List<String> tokens = new ArrayList<>();
    catalog.load(REF).snapshots().forEach(s -> tokens.add(s.summary().get(SummaryKeys.TOKEN)));
    return tokens;
  }

  @Test
  void aCommitThatWasKilledAnywhereIsDoneOnceWhenItIsTriedAgain() throws Exception {
    int commits = 0;
    boolean swapped = false;
    boolean finished = false;
    for (int call = 3; !finished; call += EVERY) {
      String run = "r" + call;
      Process process = start(run, 1, commits % 2 == 0 ? "after" : "before", call);
      String said = line(process);
      finished = said.equals("done");
      process.destroyForcibly().waitFor();
      commits++;

      Committed done = again(run);
      swapped |= done.already() && !finished;
      assertThat(tokens()).as(said).hasSize(commits).doesNotHaveDuplicates();
      assertThat(FakeFiles.ids(catalog.load(REF))).as(said).hasSize(commits);
    }
    assertThat(swapped).as("one was killed after the swap").isTrue();
  }

  @Test
  void aProcessThatWakesUpAfterItsWorkWasDoneByAnotherDoesNothing() throws Exception {
    for (int call = 4; call <= 12; call += 4) {
      String run = "z" + call;
      Process zombie = start(run, 1, "before", call);
      assertThat(line(zombie)).startsWith("at ");
      assertThat(again(run).already()).isFalse();
      List<String> before = tokens();
      zombie.getOutputStream().write('\n');
      zombie.getOutputStream().flush();
      assertThat(line(zombie)).isEqualTo("done");
      assertThat(zombie.waitFor()).isZero();
      assertThat(tokens()).isEqualTo(before).doesNotHaveDuplicates();
    }
  }

  @Test
  void twoProcessesThatAppendAtOnceLoseNothing() throws Exception {
    Process one = start("a", 10, "", 0);
    Process two = start("b", 10, "", 0);
    assertThat(line(one)).isEqualTo("done");
    assertThat(line(two)).isEqualTo("done");
    assertThat(tokens()).hasSize(20).doesNotHaveDuplicates();
    assertThat(FakeFiles.ids(catalog.load(REF))).hasSize(20).doesNotHaveDuplicates();
  }
}
