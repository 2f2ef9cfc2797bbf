package dev.headwater.pipelines;

import dev.headwater.pipelines.project.Target;
import java.util.List;

/** What a run would do now, in its order. */
public record PlanReport(RunReport.Header header, List<Step> steps) {
  /**
   * One target.
   *
   * @param why why it is stale ("contract changed"), or since when it is fresh
   */
  public record Step(Target target, boolean stale, String why) {}

  public PlanReport {
    steps = List.copyOf(steps);
  }

  public boolean stale() {
    return steps.stream().anyMatch(Step::stale);
  }
}
