package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.PlanReport;
import dev.headwater.pipelines.StageResult;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import dev.headwater.pipelines.project.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class BackOffTest {
  private static final Project PROJECT = ProjectFile.read(Path.of("../examples/flights"));
  private static final Target AIRPORT = PROJECT.target("airport_delays");
  private static final Target NATION = PROJECT.target("nation_delays");
  private static final Target LATE = PROJECT.target("late");

  private final AtomicLong clock = new AtomicLong();
  private final BackOff backOff = new BackOff(clock::get);

  @Test
  void whatFailedWaitsWithAllThatNeedsIt() {
    assertThat(ready()).contains(AIRPORT, NATION, LATE);
    assertThat(fails(HeadwaterException.Kind.DATA)).isEqualTo(Duration.ofMinutes(1));
    assertThat(ready()).contains(NATION).doesNotContain(AIRPORT, LATE);
    clock.addAndGet(Duration.ofMinutes(1).toNanos());
    assertThat(ready()).contains(AIRPORT, LATE);
  }

  @Test
  void eachFailureWaitsTwiceAsLongUpToAnEnd() {
    assertThat(fails(HeadwaterException.Kind.UNREACHABLE)).isEqualTo(Duration.ofSeconds(10));
    assertThat(fails(HeadwaterException.Kind.UNREACHABLE)).isEqualTo(Duration.ofSeconds(20));
    for (int i = 0; i < 100; i++) {
      fails(HeadwaterException.Kind.UNREACHABLE);
    }
    assertThat(fails(HeadwaterException.Kind.UNREACHABLE)).isEqualTo(Duration.ofMinutes(10));
    assertThat(fails(HeadwaterException.Kind.DATA)).isEqualTo(Duration.ofHours(1));
    assertThat(backOff.ended(StageResult.fresh(AIRPORT, "fresh", ""))).isZero();
    assertThat(fails(HeadwaterException.Kind.DATA)).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void badDataWaitsUntilItHasChangedAndAnythingThatHasIsTriedAtOnce() {
    assertThat(ready("a")).contains(AIRPORT);
    assertThat(fails(HeadwaterException.Kind.DATA)).isEqualTo(BackOff.CHANGE);
    clock.addAndGet(Duration.ofDays(30).toNanos());
    assertThat(ready("a")).contains(NATION).doesNotContain(AIRPORT, LATE);
    assertThat(ready("b")).contains(AIRPORT, LATE);
    assertThat(fails(HeadwaterException.Kind.FAILED)).isEqualTo(Duration.ofMinutes(2));
    assertThat(ready("b")).doesNotContain(AIRPORT);
    assertThat(ready("c")).contains(AIRPORT);
  }

  private Duration fails(HeadwaterException.Kind kind) {
    return backOff.ended(
        StageResult.failed(AIRPORT, 1, new HeadwaterException(kind, "It broke.", "mend it.")));
  }

  private List<Target> ready() {
    return ready("");
  }

  private List<Target> ready(String state) {
    return backOff.ready(
        PROJECT,
        PROJECT.targets().stream().map(t -> new PlanReport.Step(t, true, "moved", state)).toList());
  }
}
