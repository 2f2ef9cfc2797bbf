package dev.headwater.pipelines;

import dev.headwater.pipelines.project.Target;
import java.util.List;

/**
 * What a run would do now, in its order.
 *
 * @param upkeep the maintenance that is due, as the tables are now; it makes nothing stale
 */
public record PlanReport(RunReport.Header header, List<Step> steps, List<UpkeepStep> upkeep) {
  /**
   * One target.
   *
   * @param why why it is stale ("contract changed"), or since when it is fresh
   * @param state the same as long as it declares and reads the same; empty where nobody knows
   * @param where the cluster that it runs on, or the runner; empty where nobody knows
   */
  public record Step(Target target, boolean stale, String why, String state, String where) {
    private static final String FOLLOWS = " will change";

    /** One of a place that nobody knows. */
    public Step(Target target, boolean stale, String why, String state) {
      this(target, stale, why, state, "");
    }

    /** Stale for nothing but that what it needs will have changed. */
    static Step after(Target target, Target moved) {
      return new Step(target, true, moved.name() + FOLLOWS, "");
    }

    /** The same as {@link #why} for all steps that run for the same reason. */
    public String reason() {
      return !stale || !why.endsWith(FOLLOWS) ? why : "what they need will change";
    }

    /** The same, with what is read from another environment; empty: nothing. */
    Step reading(String from) {
      String more = from.isEmpty() ? why : why + "; reads " + from;
      return new Step(target, stale, more, state, where);
    }

    /** The same in its place. */
    Step in(String place) {
      return new Step(target, stale, why, state, place);
    }

    /** One whose state nobody knows. */
    public Step(Target target, boolean stale, String why) {
      this(target, stale, why, "");
    }
  }

  public PlanReport {
    steps = List.copyOf(steps);
    upkeep = List.copyOf(upkeep);
  }

  public boolean stale() {
    return steps.stream().anyMatch(Step::stale);
  }
}
