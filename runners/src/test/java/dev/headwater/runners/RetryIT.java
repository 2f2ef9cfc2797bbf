package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableRef;
import dev.headwater.pipelines.Engine;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.ProjectLauncher;
import dev.headwater.pipelines.RunEvent;
import dev.headwater.pipelines.RunReport;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run does when its stage fails: again, or not, by the class of the failure. */
final class RetryIT {
  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  @SuppressWarnings("NullAway.Init")
  private TestProject project;

  private final List<String> waits = new ArrayList<>();
  private int pipelines;

  /** The DirectRunner, before or after whose first pipelines something fails. */
  private final class Failing implements ForwardingEngine {
    private final Engine engine = new DirectEngine(List.of());
    private final Kind kind;
    private final int times;
    private final boolean after;

    Failing(Kind kind, int times, boolean after) {
      this.kind = kind;
      this.times = times;
      this.after = after;
    }

    @Override
    public Engine engine() {
      return engine;
    }

    @Override
    public void run(Pipeline pipeline, String stage, Watch watch) {
      boolean fails = ++pipelines <= times;
      if (!fails || after) {
        engine.run(pipeline, stage, watch);
      }
      if (fails) {
        throw new HeadwaterException(kind, "It is away.", "wait.");
      }
    }
  }

  @BeforeEach
  void project() throws IOException {
    project = new TestProject(folder);
    Files.writeString(folder.resolve("data/a.csv"), "id,town\n1,x\n2,y\n");
    project.yaml(
        """
        project: shop
        runs: {retry: {times: 2, first: 1s}}
        sources:
          in: {files: data/*.csv, columns: {id: long, town: string}}
        tables:
          rides: {from: in, write: append}
        """);
  }

  private RunReport run(Engine engine) {
    Project read = ProjectFile.read(folder.resolve("headwater.yaml"));
    try (Launcher launcher = ProjectLauncher.open(read, LaunchOptions.DEFAULT, engine)) {
      return launcher.run(
          read.targets(),
          false,
          event -> {
            if (event instanceof RunEvent.Waits wait) {
              waits.add(wait.why());
            }
          });
    }
  }

  private String runs() {
    assertThat(project.headwater("runs", "rides", "-o", "json")).as(project.said()).isZero();
    return project.said();
  }

  @Test
  void whatDidNotAnswerIsTriedAgainInTheSameRun() throws IOException {
    assertThat(run(new Failing(Kind.UNREACHABLE, 2, false)).failed()).isFalse();
    assertThat(waits)
        .containsExactly(
            "It is away. Again in 1.0 s (attempt 2 of 3).",
            "It is away. Again in 2.0 s (attempt 3 of 3).");
    assertThat(pipelines).isEqualTo(3);
    assertThat(project.rows(TableRef.of("shop", "rides"))).containsExactly("1 x", "2 y");
    assertThat(runs())
        .containsOnlyOnce("\"id\" :")
        .contains("\"attempts\" : 3.0", "\"why\" : \"it never ran\"", "\"cpu_seconds\" :");
  }

  @Test
  void afterTheLastAttemptItFailsAndSaysHowOften() {
    RunReport report = run(new Failing(Kind.UNREACHABLE, 9, false));
    assertThat(report.stages().get(0).failure())
        .hasMessageContaining("It is away. It was tried 3 times. Fix: wait.");
    assertThat(runs()).contains("\"attempts\" : 3.0", "It is away. Fix: wait. (infrastructure)");
  }

  @Test
  void aFailureAfterTheCommitIsNoneAndOthersAreNotTriedAgain() throws IOException {
    assertThat(run(new Failing(Kind.UNREACHABLE, 1, true)).failed()).isFalse();
    assertThat(pipelines).isEqualTo(1);
    Files.writeString(folder.resolve("data/b.csv"), "id,town\n3,z\n");
    for (Kind kind : List.of(Kind.DATA, Kind.FAILED, Kind.REFUSED)) {
      pipelines = 0;
      assertThat(run(new Failing(kind, 1, false)).failed()).as(kind.name()).isTrue();
      assertThat(pipelines).as(kind.name()).isEqualTo(1);
    }
    assertThat(waits).isEmpty();
    assertThat(runs()).contains("It is away. Fix: wait. (data)", "It is away. Fix: wait. (code)");
    assertThat(project.headwater("runs", "--status", "failed", "--why", "(DATA)", "-o", "json"))
        .isZero();
    assertThat(project.said()).contains("(data)").doesNotContain("(code)", "succeeded");
    String id = project.said().replaceAll("(?s).*?\"id\" : \"([^\"]+)\".*", "$1");
    assertThat(project.headwater("runs", "show", id)).as(project.said()).isZero();
    assertThat(project.said()).contains(id, "new file data/b.csv", "It is away.");
    assertThat(project.headwater("runs", "show", "ffff")).isEqualTo(2);
    assertThat(project.said()).contains("There is no run ffff.");
  }
}
