package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.ModelVersion;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.Question;
import dev.headwater.pipelines.project.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model's way back to its file, and its proof. */
final class ReplayTraceIT {
  private static final Target LATE = new Target(Target.Kind.MODEL, "late");
  private static final Target FLIGHTS = new Target(Target.Kind.TABLE, "flights");
  private static final Target DRIFT = new Target(Target.Kind.MONITOR, "late_drift");

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  @Test
  void aModelLeadsToItsFileAndIsMadeAgainByIt() throws Exception {
    SmallFlights flights = SmallFlights.in(folder);
    flights.run();
    String sha256 =
        HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256")
                    .digest(Files.readAllBytes(folder.resolve("data/a.parquet"))));
    try (Launcher launcher = flights.open(LaunchOptions.DEFAULT)) {
      Answer trace = launcher.ask(new Question.Trace(LATE, null, null, Question.Scope.NOW));
      assertThat(trace.exitStatus()).isZero();
      assertThat(trace.data().toString()).contains("data/a.parquet", sha256);
      assertThat(trace.blocks().toString())
          .contains("data/a.parquet", sha256.substring(0, 8), "airport_delays", "nation_delays");
      Answer impact =
          launcher.ask(
              new Question.ImpactOfFile(
                  "data/a.parquet@" + sha256.substring(0, 12), Question.Scope.NOW));
      assertThat(impact.blocks().toString())
          .contains("flights@", "airport_delays@", "late@1", "late_scores@", "late_drift@")
          .contains("digraph");
      assertThat(
              launcher
                  .ask(
                      new Question.ImpactOfFile(
                          folder.resolve("data/a.parquet").toString(), Question.Scope.NOW))
                  .data())
          .isEqualTo(impact.data());
      String snapshot = "snapshot:" + flights.snapshots().get("flights");
      assertThat(
              launcher
                  .ask(new Question.Impact(FLIGHTS, "tag:model/late/1", null, Question.Scope.NOW))
                  .data())
          .isEqualTo(
              launcher
                  .ask(new Question.Impact(FLIGHTS, snapshot, null, Question.Scope.NOW))
                  .data());
      assertThat(
              launcher
                  .ask(new Question.Impact(DRIFT, null, null, Question.Scope.NOW))
                  .blocks()
                  .toString())
          .contains("No run has made anything from it yet.");
      assertThatThrownBy(
              () -> launcher.ask(new Question.ImpactOfFile("data/z.parquet", Question.Scope.NOW)))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("No run has read a file data/z.parquet.")
          .hasMessageContaining("name one that was read: data/a.parquet.");
      Answer replay = launcher.replay(LATE, "1", Progress.NONE);
      assertThat(replay.exitStatus()).isZero();
      assertThat(replay.data())
          .containsEntry("data_equal", true)
          .containsEntry("weights_equal", true);
    }

    // Tables move on; what the model was trained on stays pinned.
    Instant between = Instant.now();
    flights.flights("b.parquet", "file_row_number % 400 = 7");
    flights.run();
    try (Launcher launcher = flights.open(LaunchOptions.DEFAULT)) {
      assertThat(launcher.replay(LATE, "1", Progress.NONE).exitStatus()).isZero();
      asked(launcher, between);
      tamper(flights);
      assertThatThrownBy(() -> launcher.replay(LATE, "1", Progress.NONE))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("Fix: ");
    }
    assertThat(flights.registry(r -> r.runs().open("flights", "model/late")).isEmpty()).isTrue();
  }

  /** What can be asked once there are two versions of everything. */
  private static void asked(Launcher launcher, Instant between) {
    Question.Scope now = Question.Scope.NOW;
    String columns =
        text(launcher.ask(new Question.Trace(LATE, "2", "probability", now)), "late@2  by train");
    assertThat(columns)
        .contains("<- airport_delays  flights_3h, flights_24h, mean_delay_3h", "label: delay > 15")
        .contains("<- flights  delay  (avg(delay))")
        .contains("data/b.parquet\n  date, delay, distance, origin");
    String reached = text(launcher.ask(new Question.Impact(FLIGHTS, null, "delay", now)), "");
    assertThat(reached).contains("late_share_24h, late_share_3h", "probability", "late_drift@");
    assertThat(text(launcher.ask(new Question.Impact(FLIGHTS, null, "destination", now)), ""))
        .contains("destination\n    as in flights")
        .doesNotContain("  probability\n");
    assertThatThrownBy(() -> launcher.ask(new Question.Impact(FLIGHTS, null, "delays", now)))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("has no column delays");
    assertThat(
            launcher
                .ask(new Question.Trace(LATE, null, null, new Question.Scope(false, between)))
                .data())
        .containsEntry("version", "1");

    Answer rows = launcher.ask(new Question.WhereRows(FLIGHTS, Map.of("origin", "SFO")));
    assertThat(rows.data().get("tables"))
        .asString()
        .contains("flights={rows=", "airport_delays={rows=", "late_scores={rows=", "model/late/1");
    assertThat(rows.data())
        .containsEntry("source_files", List.of("data/a.parquet", "data/b.parquet"))
        .containsEntry("computed", List.of("late_drift", "nation_delays"))
        .containsEntry("retrain", List.of("late@1", "late@2 (champion)"));
    assertThat(launcher.ask(new Question.WhereRows(FLIGHTS, Map.of("origin", "???"))).data())
        .containsEntry("tables", Map.of());
    assertThatThrownBy(() -> launcher.ask(new Question.WhereRows(FLIGHTS, Map.of("", "SFO"))))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("flights has no key of its own. Fix: say which column it is");

    Answer diff = launcher.ask(new Question.ModelDiff(LATE, "1", null));
    assertThat(diff.data().get("data")).asString().contains("data/b.parquet", "flights");
    assertThat(diff.data())
        .containsEntry("features", List.of())
        .containsEntry("code", List.of())
        .containsEntry("parameters", List.of())
        .containsEntry("same_weights", false);
    String why = text(launcher.ask(new Question.Why(LATE)), "");
    assertThat(why)
        .contains("Last run: train", "flights moved from")
        .contains("new file data/b.parquet");
    assertThat(Stream.of(columns, reached, why).flatMap(String::lines))
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  private static String text(Answer answer, String from) {
    String all =
        answer.blocks().stream()
            .filter(Answer.Block.Line.class::isInstance)
            .map(block -> ((Answer.Block.Line) block).text())
            // The first line stands in for the whole, however long it is.
            .skip(1)
            .collect(Collectors.joining("\n"));
    return all.substring(all.indexOf(from));
  }

  private static void tamper(SmallFlights flights) throws IOException {
    ModelVersion version =
        flights.registry(r -> r.models().find("flights", "late", 1)).orElseThrow();
    try (var files = Files.walk(Path.of(version.location()))) {
      Path weights =
          files.filter(f -> f.toString().endsWith(".safetensors")).findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(weights);
      bytes[bytes.length - 1] ^= 1;
      Files.write(weights, bytes);
    }
  }
}
