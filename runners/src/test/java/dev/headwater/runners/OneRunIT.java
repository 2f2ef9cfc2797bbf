package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.Database;
import dev.headwater.catalog.TableRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One run of a target at a time, between real processes: killed, paused, taking too long. */
final class OneRunIT {
  private static final TableRef RIDES = TableRef.of("shop", "rides");

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  @SuppressWarnings("NullAway.Init")
  private TestProject project;

  private final List<Process> processes = new ArrayList<>();

  @BeforeEach
  void project() throws IOException {
    project = new TestProject(folder);
    System.setProperty(Gate.FOLDER, folder.toString());
    Files.writeString(folder.resolve("data/a.csv"), "id,town\n1,x\n2,y\n");
    declare("");
  }

  @AfterEach
  void end() throws InterruptedException {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
    System.clearProperty(Gate.FOLDER);
  }

  private void declare(String more) throws IOException {
    project.yaml(
        """
        project: shop
        sources:
          in: {files: data/*.csv, columns: {id: long, town: string}}
        tables:
          rides: {from: in, write: replace, java: dev.headwater.runners.Gate}
        """
            + more);
  }

  private Process start(String out, String... verb) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    line.add("-D" + Gate.FOLDER + "=" + folder);
    line.addAll(List.of("-cp", classPath(), Headwater.class.getName()));
    line.addAll(List.of(verb));
    Process process =
        new ProcessBuilder(line)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(out).toFile())
            .start();
    processes.add(process);
    return process;
  }

  /** Not that of this folder's paths: the process begins in another. */
  private static String classPath() {
    String here = System.getProperty("java.class.path");
    return Stream.of(System.getProperty("surefire.test.class.path", here).split(":", -1))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(":"));
  }

  private String said(String out) {
    try {
      return Files.readString(folder.resolve(out), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What waits and looks again waits here: until it is so, or the process has ended. */
  private void await(String out, Process process, BooleanSupplier there) throws Exception {
    while (!there.getAsBoolean()) {
      assertThat(process.waitFor(20, TimeUnit.MILLISECONDS)).as(said(out)).isFalse();
    }
  }

  private void atTheGate(String out, Process process) throws Exception {
    await(out, process, () -> Files.exists(folder.resolve("waiting")));
  }

  private static void signal(String signal, Process process) throws Exception {
    Process kill = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  @Test
  void theSecondWaitsOrSaysWhoIsThereAndTakesOverFromTheKilled() throws Exception {
    Files.writeString(folder.resolve("gate"), "");
    Process first = start("first", "run");
    atTheGate("first", first);
    assertThat(project.headwater("run", "--no-wait")).as(project.said()).isEqualTo(5);
    assertThat(project.said())
        .containsPattern(
            "Cannot run table/rides: process " + first.pid() + " on \\S+ since \\S+Z is at it.");

    Process second = start("second", "run");
    await(
        "second",
        second,
        () -> said("second").contains("Waiting: process " + first.pid() + " on "));
    assertThat(second.isAlive()).isTrue();
    first.destroyForcibly().waitFor();
    await(
        "second", second, () -> said("second").contains("finishing the run that was interrupted"));
    Files.delete(folder.resolve("gate"));
    assertThat(second.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(second.exitValue()).as(said("second")).isZero();
    assertThat(project.rows(RIDES)).containsExactly("1 x", "2 y");
    assertThat(project.headwater("plan", "--check")).as(project.said()).isZero();
  }

  @Test
  void whoWasPausedAndWakesUpBringsNothing() throws Exception {
    Files.writeString(folder.resolve("gate"), "");
    Process paused = start("paused", "run");
    atTheGate("paused", paused);
    signal("-STOP", paused);
    // The time of its lease, which nobody needs to wait for here.
    CatalogConfig config = CatalogConfig.embedded(folder.resolve(".headwater"));
    try (Database database = Database.of(config)) {
      database.transaction(
          "let the lease run out",
          connection -> {
            try (Statement statement = connection.createStatement()) {
              return statement.executeUpdate("UPDATE headwater_locks SET expires = 1");
            }
          });
    }
    Files.delete(folder.resolve("gate"));
    // Another declaration: the paused one's run is given up, not finished.
    Files.writeString(folder.resolve("data/b.csv"), "id,town\n3,z\n");
    project.yaml(
        said("headwater.yaml").replace("write: replace", "write: replace, partition: town"));
    assertThat(project.headwater("run")).as(project.said()).isZero();
    assertThat(project.rows(RIDES)).containsExactly("1 x", "2 y", "3 z");

    signal("-CONT", paused);
    assertThat(paused.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(paused.exitValue()).as(said("paused")).isEqualTo(4);
    assertThat(said("paused")).containsAnyOf("was taken over by another process", "was ended at");
    assertThat(project.rows(RIDES)).containsExactly("1 x", "2 y", "3 z");
    assertThat(project.headwater("plan", "--check")).as(project.said()).isZero();
  }

  @Test
  void whatTakesTooLongIsEndedAndItsRunTold() throws Exception {
    declare("runs:\n  timeouts: {rides: 2s}\n");
    Files.writeString(folder.resolve("gate"), "");
    long began = System.nanoTime();
    assertThat(project.headwater("run")).as(project.said()).isEqualTo(1);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMinutes(2));
    assertThat(project.said()).contains("Cannot run table/rides within 2 s: its time is over.");
    project.headwater("runs", "rides");
    assertThat(project.said()).contains("failed", "its time is over");
    Files.delete(folder.resolve("gate"));
    declare("");
    assertThat(project.headwater("run")).as(project.said()).isZero();
    assertThat(project.rows(RIDES)).containsExactly("1 x", "2 y");
    // Workers' lines too say which run and which stage they are of.
    StringBuilder log = new StringBuilder();
    try (Stream<Path> files = Files.list(folder.resolve(".headwater/logs"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".log")).toList()) {
        log.append(Files.readString(file));
      }
    }
    assertThat(log)
        .containsPattern(
            "Z INFO run=[0-9a-f-]{36} stage=ingest target=table/rides \\[direct-runner-worker");
  }
}
