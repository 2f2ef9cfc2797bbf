package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.RunReport;
import dev.headwater.pipelines.StageResult;
import dev.headwater.pipelines.project.ProjectException;
import dev.headwater.runners.Headwater;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a project's input is said once: what, where, and how to mend it. */
final class BadInputIT {
  private static final String FEW = "file_row_number % 400 = 0";

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  @SuppressWarnings("NullAway.Init")
  private static SmallFlights made;

  @BeforeAll
  static void make(@TempDir Path project) {
    made = SmallFlights.empty(project).flights("a.parquet", FEW);
    made.run();
  }

  @Test
  void aMissingFile() {
    fails(
        SmallFlights.empty(folder),
        "flights",
        Kind.DATA,
        "data/*.parquet",
        "check the source's path");
  }

  @Test
  void aTruncatedFileLeavesTheTableAsItWas() throws IOException {
    SmallFlights flights = table();
    flights.flights("b.parquet", FEW);
    try (RandomAccessFile file =
        new RandomAccessFile(folder.resolve("data/b.parquet").toFile(), "rw")) {
      file.setLength(file.length() / 2);
    }
    fails(flights, "flights", Kind.DATA, "b.parquet", "");
  }

  @Test
  void aTextFileThatIsCalledParquet() {
    SmallFlights flights = table();
    flights.write("data/b.parquet", "date,delay,distance,origin,destination\n");
    fails(flights, "flights", Kind.DATA, "b.parquet", "");
  }

  @Test
  void aWrongColumnInTheProject() {
    SmallFlights flights =
        SmallFlights.empty(folder)
            .flights("a.parquet", FEW)
            .yaml(SmallFlights.YAML.replace("key: origin\n", "key: orgin\n"));
    wrong(flights, "orgin", "features.airport_delays.key", "Did you mean 'origin'");
  }

  @Test
  void aLabelThatIsNotABoolean() {
    SmallFlights flights =
        SmallFlights.empty(folder)
            .flights("a.parquet", FEW)
            .yaml(SmallFlights.YAML.replace("label: delay > 15", "label: delay + 15"));
    wrong(flights, "models.late.label", "must be true or false");
  }

  @Test
  void aLeastValueThatIsNotOfTheColumnsType() {
    SmallFlights flights =
        SmallFlights.empty(folder)
            .flights("a.parquet", FEW)
            .contract("columns: {delay: {min: few}}\n");
    wrong(flights, "delay", "min", "few");
  }

  @Test
  void anEmptyFileIsAnEmptyTableAndFeaturesSaySo() {
    SmallFlights flights = SmallFlights.empty(folder).flights("a.parquet", "false");
    RunReport report = flights.tried(LaunchOptions.DEFAULT, Progress.NONE);
    assertThat(report.stages().get(0).status()).isEqualTo(StageResult.Status.DONE);
    assertThat(flights.rows("flights")).isEmpty();
    fails(flights, "airport_delays", Kind.DATA, "table flights is empty", "headwater letters");
  }

  @Test
  void aContractThatEveryRowBreaks() {
    SmallFlights flights = table();
    flights.contract(SmallFlights.CONTRACT.replace("distance: {", "distance: {max: 0, "));
    fails(flights, "flights", Kind.DATA, "flights", "contract");
  }

  @Test
  void aLabelThatIsAlwaysTheSame() {
    SmallFlights flights =
        made().yaml(SmallFlights.YAML.replace("label: delay > 15", "label: delay > 1400"));
    fails(flights, "late", Kind.DATA, "label", "");
  }

  @Test
  void aDeviceThatIsNotThere() {
    SmallFlights flights =
        made()
            .yaml(
                SmallFlights.YAML.replace("device: cpu", "device: gpu")
                    + "runs: {retry: {times: 0}}\n");
    fails(flights, "late", Kind.UNREACHABLE, "Cannot use device gpu", "use device auto or cpu");
  }

  @Test
  void aLockedCatalog() throws Exception {
    SmallFlights flights = made();
    Map<String, Long> before = flights.snapshots();
    try (Connection other =
            DriverManager.getConnection(
                "jdbc:sqlite:" + flights.folder().resolve(".headwater/catalog.db"));
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN EXCLUSIVE");
      try (Command command = Command.start(flights.folder(), Map.of(), "run")) {
        assertThat(command.status()).as(command.output()).isEqualTo(5);
        assertThat(command.output())
            .contains("catalog.db", "locked", "Fix: ")
            .doesNotContain("\tat ");
        assertThat(command.output().split("Fix: ", -1)).hasSize(2);
      }
      statement.execute("ROLLBACK");
    }
    assertThat(flights.snapshots()).isEqualTo(before);
  }

  /** A project of a table, which is there. */
  private SmallFlights table() {
    SmallFlights flights =
        SmallFlights.empty(folder).yaml(ClusterIT.INGEST).flights("a.parquet", FEW);
    flights.run();
    return flights;
  }

  /** A project whose tables and model are there, and that no test changes. */
  private static SmallFlights made() {
    return made.yaml(SmallFlights.YAML);
  }

  /** A stage fails, says so, and the tables are as they were. */
  private static void fails(
      SmallFlights flights, String target, Kind kind, String what, String fix) {
    Map<String, Long> before = flights.snapshots();
    RunReport report = flights.tried(LaunchOptions.DEFAULT, Progress.NONE);
    List<StageResult> failed =
        report.stages().stream().filter(s -> s.status() == StageResult.Status.FAILED).toList();
    assertThat(failed.get(0).target().name()).isEqualTo(target);
    assertThat(failed.get(0).failure()).isInstanceOf(HeadwaterException.class);
    HeadwaterException failure = (HeadwaterException) failed.get(0).failure();
    assertThat(failure.what()).contains(what).endsWith(".");
    assertThat(failure.fix()).contains(fix).isNotBlank();
    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(new Headwater().run(flights.project(), "run", "--quiet"))
        .isEqualTo(kind.exitStatus());
    Map<String, Long> after = flights.snapshots();
    after.values().removeIf(id -> id == 0);
    before.values().removeIf(id -> id == 0);
    assertThat(after).isEqualTo(before);
  }

  /** The project is refused before anything runs. */
  private static void wrong(SmallFlights flights, String... parts) {
    assertThatThrownBy(
            () -> {
              RunReport report = flights.tried(LaunchOptions.DEFAULT, Progress.NONE);
              for (StageResult stage : report.stages()) {
                if (stage.failure() instanceof RuntimeException e) {
                  throw e;
                }
              }
            })
        .isInstanceOfAny(ProjectException.class, HeadwaterException.class)
        .message()
        .contains(parts);
  }
}
