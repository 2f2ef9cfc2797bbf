package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.RunReport;
import dev.headwater.pipelines.StageResult;
import dev.headwater.pipelines.TableTask;
import dev.headwater.pipelines.project.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.SnapshotSummary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A project's table through its maintenance: its rows, tokens and what was made of it stay. */
final class MaintenanceIT {
  private static final Target TABLE = new Target(Target.Kind.TABLE, "flights");
  private static final Target VIEW = new Target(Target.Kind.FEATURES, "airport_delays");

  private final SmallFlights flights;

  MaintenanceIT(@TempDir Path folder) {
    this.flights = SmallFlights.empty(folder).flights("part0.parquet", "file_row_number % 800 = 0");
  }

  /** What ran. */
  private List<String> run() {
    try (Launcher launcher = flights.open(LaunchOptions.DEFAULT)) {
      RunReport report = launcher.run(List.of(TABLE, VIEW), false, Progress.NONE);
      for (StageResult stage : report.stages()) {
        assertThat(stage.failure()).as(stage.target().name()).isNull();
      }
      return report.stages().stream()
          .filter(s -> s.status() == StageResult.Status.DONE)
          .map(s -> s.target().name())
          .toList();
    }
  }

  private Answer ask(TableTask task, boolean dryRun) {
    try (Launcher launcher = flights.open(LaunchOptions.DEFAULT)) {
      return launcher.table(TABLE, task, dryRun, Progress.NONE);
    }
  }

  private int files() {
    return flights.catalog(
        c ->
            Integer.parseInt(
                c.load(flights.ref("flights"))
                    .currentSnapshot()
                    .summary()
                    .get(SnapshotSummary.TOTAL_DATA_FILES_PROP)));
  }

  @Test
  void aTableIsKeptSmallAndNothingBecomesStale() {
    run();
    for (int i = 1; i < 4; i++) {
      flights.flights("part" + i + ".parquet", "file_row_number % 800 = " + i);
      assertThat(run()).containsExactly("flights", "airport_delays");
    }
    List<Map<String, Object>> rows = flights.rows("flights");
    int many = files();

    TableTask pack = new TableTask.Compact(null, List.of(), 0, 2);
    Answer would = ask(pack, true);
    assertThat(would.data()).containsEntry("files", many);
    assertThat(files()).isEqualTo(many);
    Answer packed = ask(pack, false);
    assertThat(packed.data()).containsEntry("files", (long) many);
    assertThat(files()).isLessThanOrEqualTo(many / 4 + 1);
    assertThat(flights.rows("flights")).containsExactlyInAnyOrderElementsOf(rows);
    assertThat(ask(pack, false).data()).containsEntry("files", 0);
    assertThat(run()).isEmpty();

    TableTask sort =
        new TableTask.Compact("date >= date '2001-06-01'", List.of("origin", "date desc"), 0, 5);
    assertThat(ask(sort, false).data()).containsKey("snapshot");
    assertThat(flights.rows("flights")).containsExactlyInAnyOrderElementsOf(rows);
    assertThat(run()).isEmpty();

    expiry();
    assertThat(flights.rows("flights")).containsExactlyInAnyOrderElementsOf(rows);
    assertThat(run()).isEmpty();

    flights.flights("more.parquet", "file_row_number % 800 = 9");
    assertThat(run()).containsExactly("flights", "airport_delays");
    flights.agreesWithFiles();
    assertThat(ask(new TableTask.Diff(null, null, 2), true).data())
        .extractingByKey("added_rows")
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
        .hasSize(2);
    rollback();
  }

  private void expiry() {
    ask(new TableTask.Tag("kept", null, false), false);
    TableTask all = new TableTask.Expire(Duration.ZERO, 1);
    Answer would = ask(all, true);
    assertThat((List<?>) would.data().get("expired")).isNotEmpty();
    Answer done = ask(all, false);
    assertThat(done.data()).containsEntry("expired", would.data().get("expired"));
    assertThat(done.data()).containsEntry("files", would.data().get("files"));
    assertThat((List<?>) ask(all, false).data().get("expired")).isEmpty();
    assertThat((List<?>) ask(new TableTask.Orphans(null), true).data().get("orphans")).isEmpty();
    assertThatThrownBy(() -> ask(new TableTask.Orphans(Duration.ofHours(1)), true))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("younger than 3d");
    ask(new TableTask.Manifests(), false);
  }

  private void rollback() {
    Answer would = ask(new TableTask.Rollback("kept"), true);
    assertThat((List<?>) would.data().get("leaving")).isNotEmpty();
    ask(new TableTask.Rollback("kept"), false);
    assertThat((List<?>) ask(new TableTask.Rollback("kept"), true).data().get("leaving")).isEmpty();
    assertThat(run()).contains("flights");
    flights.agreesWithFiles();
  }
}
