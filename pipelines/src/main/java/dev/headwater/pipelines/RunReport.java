package dev.headwater.pipelines;

import java.util.List;

/**
 * What a run did, fit for one screen.
 *
 * @param upkeep the maintenance that was due
 * @param trace the way back of what it made, a line each; may be empty
 * @param next commands that make sense now; may be empty
 */
public record RunReport(
    Header header,
    List<StageResult> stages,
    List<UpkeepStep> upkeep,
    List<String> trace,
    List<String> next) {
  /**
   * Where it ran: "flights · dev · DirectRunner · 2 cores".
   *
   * @param environment "dev" where the project has none
   * @param cores how many things it does at once; 0 where nobody knows
   */
  public record Header(String project, String environment, String runner, int cores) {
    @Override
    public String toString() {
      String where = "%s · %s · %s".formatted(project, environment, runner);
      return cores == 0 ? where : where + " · " + cores + (cores == 1 ? " core" : " cores");
    }
  }

  public RunReport {
    stages = List.copyOf(stages);
    upkeep = List.copyOf(upkeep);
    trace = List.copyOf(trace);
    next = List.copyOf(next);
  }

  public boolean failed() {
    return stages.stream().anyMatch(s -> s.status() == StageResult.Status.FAILED);
  }

  /** Whether nothing had to be done. */
  public boolean fresh() {
    return stages.stream().allMatch(s -> s.status() == StageResult.Status.FRESH);
  }
}
