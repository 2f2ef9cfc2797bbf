package dev.headwater.runners;

import dev.headwater.pipelines.PlanReport;
import dev.headwater.pipelines.project.About;
import dev.headwater.pipelines.project.Project;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A plan's steps in words: a few one by one, many by why they run. */
final class PlanText {
  /** So many fit on a screen. */
  private static final int FEW = 20;

  private static final int WIDTH = 100;
  private static final String INDENT = " ".repeat(14);

  private PlanText() {}

  static List<String> lines(Project project, List<PlanReport.Step> steps) {
    return steps.size() <= FEW
        ? steps.stream().map(step -> line(project, step)).toList()
        : grouped(steps);
  }

  private static String line(Project project, PlanReport.Step step) {
    About about = project.about(step.target());
    return (RunText.head(step.target())
            + "  "
            + (step.stale() ? "runs " : "fresh")
            + "  "
            + step.why()
            + (project.resources().isEmpty() ? "" : ", on " + step.where())
            + (about.text().isEmpty() ? "" : "  [" + about.text() + "]"))
        .stripTrailing();
  }

  private static List<String> grouped(List<PlanReport.Step> steps) {
    List<String> lines = new ArrayList<>();
    groups(steps)
        .forEach(
            (reason, group) -> {
              boolean stale = group.get(0).stale();
              lines.add("  " + group.size() + (stale ? " run: " + reason : ": " + reason));
              Map<String, List<String>> stages = new LinkedHashMap<>();
              for (PlanReport.Step step : group) {
                stages
                    .computeIfAbsent(step.target().kind().stage(), stage -> new ArrayList<>())
                    .add(step.target().name());
              }
              stages.forEach((stage, names) -> lines.addAll(wrapped(stage, names)));
            });
    long stale = steps.stream().filter(PlanReport.Step::stale).count();
    lines.add("  " + stale + " of " + steps.size() + " would run.");
    return lines;
  }

  /** By reason, as they come first in the plan. */
  static Map<String, List<PlanReport.Step>> groups(List<PlanReport.Step> steps) {
    Map<String, List<PlanReport.Step>> groups = new LinkedHashMap<>();
    steps.forEach(
        step -> groups.computeIfAbsent(step.reason(), reason -> new ArrayList<>()).add(step));
    return groups;
  }

  private static List<String> wrapped(String stage, List<String> names) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder("    " + Blocks.pad(stage, 8) + "  ");
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i) + (i + 1 < names.size() ? ", " : "");
      if (line.length() > INDENT.length() && line.length() + name.strip().length() > WIDTH) {
        lines.add(line.toString().stripTrailing());
        line = new StringBuilder(INDENT);
      }
      line.append(name);
    }
    lines.add(line.toString());
    return lines;
  }
}
