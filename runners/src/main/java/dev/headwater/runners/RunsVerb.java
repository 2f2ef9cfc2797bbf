package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.RunFilter;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The past. */
@Command(
    name = "runs",
    description = "List the newest runs: why each ran, what it cost, what came of it.",
    subcommands = RunsVerb.Show.class,
    footer = {
      "",
      "Examples:",
      "  headwater runs tag:hourly -n 5",
      "  headwater runs --status failed --since 2026-01-31"
    })
final class RunsVerb extends RunVerbs.Choosing {
  @Mixin private LimitOption most = new LimitOption();

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description = "Only those that are open, succeeded or failed.")
  private Run.@Nullable Status status;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      converter = Moment.class,
      description = "Only those that began then or later: 2026-01-31T12:00:00Z.")
  private @Nullable Instant since;

  @Option(
      names = "--why",
      paramLabel = "TEXT",
      description = "Only those with this in why they ran, or in what went wrong.")
  private @Nullable String why;

  @Override
  public Integer call() {
    List<Target> targets = new ArrayList<>();
    Project project = chosen(targets);
    // Of all there are also runs of what isn't declared any more, and of the project.
    List<Target> meant = isNarrowed() ? targets : List.of();
    if (isNarrowed() && targets.isEmpty()) {
      return show(Answer.of(Map.of("runs", List.of())));
    }
    RunFilter filter = new RunFilter(meant, status, since, why, most.limit());
    return ask(project, l -> l.runs(filter));
  }

  /** One of them. */
  @Command(
      name = "show",
      description = "Show a run: what it read and wrote, its figures, its error.",
      footer = {
        "",
        "Examples:",
        "  headwater runs show 019a91c2-7d1e-7abc",
        "  headwater runs show 019a91c2-7d1e-7abc -o json"
      })
  static final class Show extends LookVerbs.OfTarget {
    @Override
    public Integer call() {
      List<String> rest = new ArrayList<>(arguments());
      Project project = project(rest);
      if (rest.size() != 1) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE, "Which run?", "write headwater runs show ID.");
      }
      return ask(project, l -> l.run(rest.get(0)));
    }
  }
}
