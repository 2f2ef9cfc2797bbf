package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.ModelVersion;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.project.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
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
      Answer trace = launcher.trace(LATE, null);
      assertThat(trace.exitStatus()).isZero();
      assertThat(trace.data().toString()).contains("data/a.parquet", sha256);
      assertThat(trace.blocks().toString())
          .contains("data/a.parquet", sha256.substring(0, 8), "airport_delays", "nation_delays");
      Answer impact = launcher.impact("data/a.parquet@" + sha256.substring(0, 12));
      assertThat(impact.blocks().toString())
          .contains("flights@", "airport_delays@", "late@1", "late_scores@", "late_drift@")
          .contains("digraph");
      assertThat(launcher.impact(folder.resolve("data/a.parquet").toString()).data())
          .isEqualTo(impact.data());
      String snapshot = "snapshot:" + flights.snapshots().get("flights");
      assertThat(launcher.impact(FLIGHTS, "tag:model/late/1").data())
          .isEqualTo(launcher.impact(FLIGHTS, snapshot).data());
      assertThat(launcher.impact(DRIFT, null).blocks().toString())
          .contains("No run has made anything from it yet.");
      assertThatThrownBy(() -> launcher.impact("data/z.parquet"))
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
    flights.flights("b.parquet", "file_row_number % 400 = 7");
    flights.run();
    try (Launcher launcher = flights.open(LaunchOptions.DEFAULT)) {
      assertThat(launcher.replay(LATE, "1", Progress.NONE).exitStatus()).isZero();
      tamper(flights);
      assertThatThrownBy(() -> launcher.replay(LATE, "1", Progress.NONE))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("Fix: ");
    }
    assertThat(flights.registry(r -> r.runs().open("flights", "model/late")).isEmpty()).isTrue();
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
