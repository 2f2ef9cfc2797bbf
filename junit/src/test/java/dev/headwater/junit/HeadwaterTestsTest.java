package dev.headwater.junit;

import static dev.headwater.junit.HeadwaterTests.row;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.pipelines.project.Files;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class HeadwaterTestsTest {
  private static final LocalDateTime MORNING = LocalDateTime.of(2026, 1, 1, 8, 0);

  @RegisterExtension static final HeadwaterTests HEADWATER = HeadwaterTests.of(project());

  private static Project project() {
    var p = Project.named("shop").in(Path.of("target"));
    var rides = p.table("rides", Files.of("data/*.csv")).time("at");
    p.features("fares", rides).key("town").windows("3h").value("mean", "avg(fare)");
    p.sql("dear", "select town, fare from rides where fare > 10");
    return p.build();
  }

  @Test
  void aViewSeesWhatWasKnown() {
    HEADWATER
        .test("fares")
        .given(
            "rides",
            row("town", "Ulm", "at", MORNING, "fare", 4.0),
            row("town", "Ulm", "at", MORNING.plusHours(1), "fare", 8.0))
        .asked(row("town", "Ulm", "at", MORNING.plusHours(2)))
        .expectIncludes(row("town", "Ulm", "at", MORNING.plusHours(2), "mean_3h", 6.0))
        .check();
  }

  @Test
  void whatDiffersFailsTheTest() {
    assertThatThrownBy(
            () ->
                HEADWATER
                    .test("dear")
                    .given("rides_file", "town,at,fare\nUlm,2026-01-01T08:00:00,11\n")
                    .expectRows(row("town", "Ulm", "fare", 12))
                    .check())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("table/dear: 1 row expected, 1 there: 1 differs")
        .hasMessageContaining("11, not 12");
    assertThatThrownBy(() -> HEADWATER.test("dear").given("fares", row()).expectCount(1).check())
        .isInstanceOf(ProjectException.class)
        .hasMessageContaining("has no rows for rides_file")
        .hasMessageContaining("given.fares: is nothing that table/dear needs");
  }

  @Test
  void whatIsNeverCheckedFails() {
    HeadwaterTests tests = HeadwaterTests.of(project());
    tests.test("dear");
    assertThatThrownBy(tests::finish)
        .hasMessageContaining("was never checked: end it with .check()");
  }
}
