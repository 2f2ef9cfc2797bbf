package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.pipelines.PlanReport.Step;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import dev.headwater.pipelines.project.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PlanTextTest {
  private static final Project PROJECT =
      ProjectFile.parse(
          Path.of(""),
          "headwater.yaml",
          """
          project: p
          sources: {f: a.csv}
          tables: {t00: {from: f, owner: ops, tags: [daily]}}
          """);

  @Test
  void aFewAreShownOneByOne() {
    assertThat(PlanText.lines(PROJECT, steps(2)))
        .containsExactly(
            "  ingest    t00              runs   it never ran  [ops, #daily]",
            "  ingest    t01              fresh  fresh");
  }

  @Test
  void manyAreShownByReason() {
    assertThat(PlanText.lines(PROJECT, steps(44)))
        .containsExactly(
            "  1 run: it never ran",
            "    ingest    t00",
            "  21: fresh",
            "    ingest    t01, t03, t05, t07, t09, t11, t13, t15, t17, t19, t21, t23, t25, t27,"
                + " t29, t31, t33,",
            "              t35, t37, t39, t41",
            "  21 run: what they need will change",
            "    derive    t02, t04, t06, t08, t10, t12, t14, t16, t18, t20, t22, t24, t26, t28,"
                + " t30, t32, t34,",
            "              t36, t38, t40, t42",
            "  1 run: contract changed",
            "    drift     t43",
            "  23 of 44 would run.");
  }

  private static List<Step> steps(int count) {
    List<Step> steps = new ArrayList<>();
    steps.add(new Step(target(Target.Kind.TABLE, 0), true, "it never ran"));
    for (int i = 1; i < count; i++) {
      steps.add(
          i == 43
              ? new Step(target(Target.Kind.MONITOR, i), true, "contract changed")
              : i % 2 == 0
                  ? new Step(
                      target(Target.Kind.DERIVED, i), true, "t%02d will change".formatted(i - 1))
                  : new Step(target(Target.Kind.TABLE, i), false, "fresh"));
    }
    return steps;
  }

  private static Target target(Target.Kind kind, int i) {
    return new Target(kind, "t%02d".formatted(i));
  }
}
