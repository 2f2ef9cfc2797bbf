package dev.headwater.runners;

import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.project.About;
import dev.headwater.pipelines.project.Origin;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.Command;

/** What a project makes, as it is declared: nothing is opened for it. */
@Command(
    name = "list",
    description = "List the targets that selectors mean, with whose they are and where they stand.",
    footer = {
      "",
      "Examples:",
      "  headwater list tag:hourly",
      "  headwater list changed:main+ -o json"
    })
final class ListVerb extends RunVerbs.Choosing {
  @Override
  public Integer call() {
    List<Target> targets = new ArrayList<>();
    Project project = chosen(targets);
    Origin origin = project.origin();
    List<List<String>> rows = new ArrayList<>();
    List<Map<String, Object>> data = new ArrayList<>();
    for (Target target : targets) {
      About about = project.about(target);
      String path = target.path();
      int line = origin.line(path).orElse(0);
      rows.add(
          List.of(
              target.toString(),
              String.join("", about.owners()),
              String.join(", ", about.tags()),
              line == 0 ? "" : origin.file(path) + ":" + line,
              Objects.requireNonNullElse(about.description(), "")));
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("target", target.toString());
      facts.put("stage", target.kind().stage());
      facts.putAll(about.form());
      if (line > 0) {
        facts.put("file", origin.file(path));
        facts.put("line", line);
      }
      facts.put("needs", project.needs(target).stream().map(Target::toString).toList());
      data.add(facts);
    }
    return show(
        Answer.of(
            Map.of("project", project.name(), "targets", data),
            new Answer.Block.Grid(
                List.of("target", "owner", "tags", "declared in", "description"), rows)));
  }
}
