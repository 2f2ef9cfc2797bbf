package dev.headwater.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import dev.headwater.pipelines.project.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When targets begin: their work here is to meet, to fail, or to say that it began and ended. */
final class SideBySideTest {
  private static final long MEBI = 1 << 20;

  private static final String YAML =
      """
      project: p
      clusters:
        far: {address: "127.0.0.1:1"}
      sources: {s: data/*.parquet}
      defaults: {resources: {memory: 100m}}
      tables:
        a: {from: s}
        of_a: {sql: "select x from a"}
        of_that: {sql: "select x from of_a"}
        big: {from: s, resources: {memory: 250m}}
        huge: {from: s, resources: {memory: 400m}}
        b: {from: s}
        c: {from: s}
        far1: {from: s, resources: {cluster: far, parallelism: 2}}
        far2: {from: s, resources: {cluster: far, parallelism: 2}}
        far3: {from: s, resources: {cluster: far, parallelism: 2}}
      models:
        m1: &model
          rows: a
          time: t
          inputs: {x: x}
          label: x > 1
          split: {by: t, train_until: 2001-05-01, holdout_until: 2001-06-01}
          network: {mlp: [2]}
        m2: *model
      """;

  @TempDir private Path folder = Path.of("unset");
  private final List<String> said = Collections.synchronizedList(new ArrayList<>());

  private List<String> run(int most, Function<Target, StageResult> work, String... names)
      throws IOException {
    Files.writeString(folder.resolve(ProjectFile.NAME), YAML);
    Project project = ProjectFile.read(folder);
    Set<String> meant = Set.of(names);
    List<Target> targets =
        project.targets().stream().filter(t -> meant.contains(t.name())).toList();
    try (Workspace workspace = Workspace.open(project)) {
      Room room = new Room(new Stages(workspace, new Places("")), 300 * MEBI, 3);
      SideBySide all = new SideBySide(project, room, most, work, r -> said.add(text(r)));
      return all.run(targets).stream().map(SideBySideTest::text).toList();
    }
  }

  private static String text(StageResult result) {
    return (result.target().name() + " " + result.status() + " " + result.note()).strip();
  }

  private static StageResult good(Target target) {
    return StageResult.done(target, 1, "", 0, "", java.util.Map.of());
  }

  private StageResult told(Target target) {
    said.add("begin " + target.name());
    // Long enough for what is wrongly beside it to be seen.
    LockSupport.parkNanos(2_000_000);
    said.add("end " + target.name());
    return good(target);
  }

  private static StageResult bad(Target target) {
    return StageResult.failed(target, 0, new IllegalStateException("bad"));
  }

  private static StageResult meets(CyclicBarrier others, Target target) {
    try {
      int unused = others.await(1, TimeUnit.MINUTES);
      return good(target);
    } catch (Exception e) {
      throw new IllegalStateException(target + " is alone", e);
    }
  }

  @Test
  void whatNeedsNoOtherIsAtWorkAtOnceAndWhatDoesComesAfter() throws IOException {
    CyclicBarrier three = new CyclicBarrier(3);
    Function<Target, StageResult> work =
        target -> target.name().length() == 1 ? meets(three, target) : told(target);
    assertThat(run(0, work, "of_that", "of_a", "a", "b", "c"))
        .containsExactly("a DONE", "b DONE", "c DONE", "of_a DONE", "of_that DONE");
    assertThat(said).containsExactly("begin of_a", "end of_a", "begin of_that", "end of_that");
  }

  @Test
  void oneAfterTheOtherIsInTheirOrder() throws IOException {
    Function<Target, StageResult> work = t -> t.name().equals("a") ? bad(t) : told(t);
    assertThat(run(1, work, "a", "of_a", "of_that", "big", "b"))
        .containsExactly(
            "a FAILED", "big DONE", "b DONE", "of_a SKIPPED needs a", "of_that SKIPPED needs of_a");
    assertThat(said)
        .containsExactly(
            "begin big",
            "end big",
            "begin b",
            "end b",
            "of_a SKIPPED needs a",
            "of_that SKIPPED needs of_a");
  }

  /** One fails while the other is at work: that one ends well, and so does what comes after it. */
  @Test
  void aFailureStopsOnlyWhatNeedsIt() throws IOException {
    CyclicBarrier both = new CyclicBarrier(2);
    Function<Target, StageResult> work =
        target -> {
          StageResult met = target.name().length() == 1 ? meets(both, target) : good(target);
          return target.name().equals("b") ? bad(target) : met;
        };
    assertThat(run(2, work, "a", "of_a", "b", "of_that"))
        .containsExactly("a DONE", "b FAILED", "of_a DONE", "of_that DONE");
    assertThat(said).isEmpty();
  }

  /** 250 of 300 MB leave no room for 100; nobody overtakes it, and it has all of its place. */
  @Test
  void whatWantsTheMemoryIsAlone() throws IOException {
    for (int i = 0; i < 5; i++) {
      said.clear();
      assertThat(run(0, this::told, "a", "big", "b", "c")).allMatch(r -> r.endsWith("DONE"));
      assertThat(said.subList(0, 4)).containsExactly("begin a", "end a", "begin big", "end big");
    }
  }

  @Test
  void whatIsTooLargeRunsAlone() throws IOException {
    assertThat(run(0, this::told, "a", "huge", "b")).allMatch(r -> r.endsWith("DONE"));
    assertThat(said)
        .containsExactly("begin a", "end a", "begin huge", "end huge", "begin b", "end b");
  }

  @Test
  void trainingsExcludeEachOtherAndNothingElse() throws IOException {
    CyclicBarrier both = new CyclicBarrier(2);
    Function<Target, StageResult> work =
        target ->
            target.name().equals("m2")
                ? told(target)
                : toldAround(() -> meets(both, target), target);
    assertThat(run(0, work, "b", "m1", "m2")).allMatch(r -> r.endsWith("DONE"));
    assertThat(said)
        .filteredOn(event -> event.contains(" m"))
        .containsExactly("begin m1", "end m1", "begin m2", "end m2");
  }

  private StageResult toldAround(Runnable work, Target target) {
    said.add("begin " + target.name());
    work.run();
    LockSupport.parkNanos(5_000_000);
    said.add("end " + target.name());
    return good(target);
  }

  /** Two of its four slots each: the third waits, though here is room; b does not wait for it. */
  @Test
  void aClusterHasRoomBySlots() throws IOException {
    CyclicBarrier three = new CyclicBarrier(3);
    Function<Target, StageResult> work =
        target ->
            target.name().equals("far3")
                ? told(target)
                : toldAround(() -> meets(three, target), target);
    assertThat(run(0, work, "far1", "far2", "far3", "b")).allMatch(r -> r.endsWith("DONE"));
    assertThat(said.subList(0, said.indexOf("begin far3"))).containsAnyOf("end far1", "end far2");
  }

  @Test
  void whoIsInterruptedEndsWhatIsAtWorkAndBeginsNothing() throws IOException {
    Thread caller = Thread.currentThread();
    CyclicBarrier both = new CyclicBarrier(2);
    Function<Target, StageResult> work =
        target -> {
          StageResult unused = meets(both, target);
          caller.interrupt();
          return isInterrupted() ? bad(target) : good(target);
        };
    assertThat(run(2, work, "a", "of_a", "b", "c"))
        .containsExactly(
            "a FAILED", "b FAILED", "c SKIPPED interrupted", "of_a SKIPPED interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  private static boolean isInterrupted() {
    try {
      return !new CountDownLatch(1).await(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      return true;
    }
  }

  @Test
  void anErrorIsEverybodys() {
    Function<Target, StageResult> work =
        target -> {
          if (target.name().equals("a")) {
            throw new OutOfMemoryError("none left");
          }
          return isInterrupted() ? bad(target) : good(target);
        };
    assertThatThrownBy(() -> run(2, work, "a", "b"))
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessage("none left");
  }

  /** This process with one worker, and a cluster of four slots. */
  private record Places(String cluster) implements Engine {
    @Override
    public Engine at(Target target) {
      return target.name().startsWith("far") ? new Places("far") : this;
    }

    @Override
    public String name() {
      return "none";
    }

    @Override
    public String version() {
      return "";
    }

    @Override
    public int workers() {
      return isHere() ? 1 : 2;
    }

    @Override
    public int slots() {
      return 4;
    }

    @Override
    public boolean isHere() {
      return cluster.isEmpty();
    }

    @Override
    public PipelineOptions options(String jobName) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void run(Pipeline pipeline, String stage, Watch watch) {
      throw new UnsupportedOperationException();
    }
  }
}
