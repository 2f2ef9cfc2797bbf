package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.PlanReport;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.UpkeepStep;
import dev.headwater.pipelines.against.Against;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.select.Selection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/** What runs. */
final class RunVerbs {
  private RunVerbs() {}

  /** Verbs that choose targets. */
  abstract static class Choosing extends Verb {
    @Parameters(
        paramLabel = "SELECTOR",
        arity = "0..*",
        description = {
          "late, +late (with what it needs), flights+ (with what depends on it), 1+late+2,",
          "late*, tag:x, owner:x, path:folder, changed:main; a,b is what both mean."
        })
    private List<String> selectors = new ArrayList<>();

    @Option(
        names = "--exclude",
        paramLabel = "SELECTOR",
        description = "Leave these targets out; may be repeated.")
    private List<String> excluded = new ArrayList<>();

    private boolean narrowed;

    final Project chosen(List<Target> targets) {
      List<String> arguments = new ArrayList<>(selectors);
      Project project = project(arguments);
      narrowed = !arguments.isEmpty() || !excluded.isEmpty();
      targets.addAll(Selection.of(project, arguments, excluded));
      return project;
    }

    /** Whether not all of the project was meant, once it is chosen. */
    final boolean isNarrowed() {
      return narrowed;
    }

    final List<String> arguments() {
      return selectors;
    }
  }

  /** Verbs that choose targets and where to run them. */
  abstract static class Running extends Choosing {
    @Option(
        names = "--runner",
        paramLabel = "RUNNER",
        description = "direct (the default) or flink.")
    private String runner = "direct";

    @Option(
        names = "--cluster",
        paramLabel = "CLUSTER",
        description = "On a Flink session cluster: one the project names, or host:port.")
    private @Nullable String cluster;

    @Unmatched private List<String> beam = new ArrayList<>();

    /** Whether what is sent to a cluster is not waited for. */
    boolean detached() {
      return false;
    }

    LaunchOptions options() {
      String where = runner(runner);
      if (!List.of("direct", "flink").contains(where)) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            "There is no runner '" + runner + "'.",
            "write --runner=direct or --runner=flink.");
      }
      for (String option : beam) {
        if (!option.startsWith("--")) {
          throw new HeadwaterException(
              HeadwaterException.Kind.USAGE,
              "There is no option '" + option + "'.",
              "see --help; options of Beam and its runners are written --name=value.");
        }
      }
      if (!beam.isEmpty()) {
        try {
          PipelineOptionsFactory.fromArgs(beam.toArray(String[]::new)).create();
        } catch (IllegalArgumentException e) {
          throw new HeadwaterException(
              HeadwaterException.Kind.USAGE,
              "Neither this command nor Beam takes "
                  + String.join(" ", beam)
                  + ": "
                  + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                  + ".",
              "see --help, or the options of Beam's runner.",
              e);
        }
      }
      List<String> all = new ArrayList<>(beam);
      if (cluster != null) {
        all.add(BeamOptions.MASTER + cluster);
      }
      boolean elsewhere = BeamOptions.cluster(all).isPresent();
      if (detached() && !elsewhere) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            "--detach is for jobs on a cluster: here they end with the command.",
            "name one: --cluster=host:port; or leave --detach out.");
      }
      // A cluster is one of Flink's.
      LaunchOptions options = new LaunchOptions(elsewhere ? "flink" : where, all);
      return detached() ? options.detach() : options;
    }

    /** As Beam calls it, or as we do. */
    private static String runner(String given) {
      return switch (given.toLowerCase(Locale.ROOT)) {
        case "direct", "directrunner" -> "direct";
        case "flink", "flinkrunner" -> "flink";
        default -> given;
      };
    }
  }

  /** Says what a run would do. */
  @Command(
      name = "plan",
      description = "Show what a run would do now, and why.",
      footer = {
        "",
        "Examples:",
        "  headwater plan --check || echo something is stale",
        "  headwater plan --adopt flights --reason \"only names changed\""
      })
  static final class Plan extends Running {
    @Option(names = "--check", description = "Exit with 10 if something would run.")
    private boolean check;

    @Option(
        names = "--adopt",
        paramLabel = "TARGET",
        description = "Accept what it has made as what it would make by what is declared now.")
    private @Nullable String adopted;

    @Option(
        names = "--claim",
        description = "Make the tables of this name this repository's, whose ever they were.")
    private boolean claim;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, with --adopt and --claim.")
    private @Nullable String reason;

    @Option(
        names = "--against",
        paramLabel = "REF",
        description = {
          "What breaks others since a branch, tag or commit of git: columns, contracts, meanings,",
          "down to the models that have learned from them. Exit with 11 if something does."
        })
    private @Nullable String against;

    @Mixin private ConfirmOption confirmed = new ConfirmOption();

    @Mixin private DeferOption deferred = new DeferOption();

    @Override
    LaunchOptions options() {
      return super.options().confirm(confirmed.environment()).defer(deferred.environment());
    }

    private int against(String ref) {
      if (check || adopted != null || reason != null || claim) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            "--against compares declarations: nothing is planned and nothing accepted.",
            "leave out --check, --adopt, --claim and --reason.");
      }
      List<Target> targets = new ArrayList<>();
      Project project = chosen(targets);
      boolean all = targets.equals(project.targets());
      return show(Against.of(project, ref, all ? Set.of() : Set.copyOf(targets)));
    }

    private int adopt(@Nullable String text) {
      String why = reason;
      if ((text == null) != claim || why == null || why.isBlank()) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            "What is accepted must be said, and why, for those who look later.",
            "write headwater plan --adopt TARGET --reason \"only names changed\", or headwater plan"
                + " --claim --reason \"moved here\".");
      }
      Project project = project(new ArrayList<>(arguments()));
      if (text == null) {
        return ask(project, options(), l -> l.claim(why));
      }
      Target target = project.target(text);
      return ask(project, options(), l -> l.adopt(target, why));
    }

    @Override
    public Integer call() {
      if (against != null) {
        return against(against);
      }
      if (adopted != null || reason != null || claim) {
        return adopt(adopted);
      }
      List<Target> targets = new ArrayList<>();
      Project project = chosen(targets);
      PlanReport plan;
      try (Launcher launcher = session().open(project, options())) {
        plan = launcher.plan(targets);
      }
      List<Answer.Block> blocks = new ArrayList<>();
      blocks.add(new Answer.Block.Line(plan.header().toString()));
      List<Map<String, Object>> steps = new ArrayList<>();
      PlanText.lines(project, plan.steps())
          .forEach(line -> blocks.add(new Answer.Block.Line(line)));
      for (PlanReport.Step step : plan.steps()) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("target", step.target().toString());
        facts.put("stale", step.stale());
        facts.put("why", step.why());
        facts.put("where", step.where());
        facts.putAll(project.about(step.target()).form());
        steps.add(facts);
      }
      for (UpkeepStep step : plan.upkeep()) {
        blocks.add(new Answer.Block.Line(RunText.head(step) + "  due    " + step.text()));
      }
      Map<String, Object> data = new LinkedHashMap<>();
      data.put("project", project.name());
      data.put("environment", project.environment().name());
      data.put("stale", plan.stale());
      data.put("steps", steps);
      data.put(
          "reasons",
          PlanText.groups(plan.steps()).entrySet().stream()
              .map(
                  group ->
                      Map.of(
                          "why", group.getKey(),
                          "stale", group.getValue().get(0).stale(),
                          "targets",
                              group.getValue().stream().map(s -> s.target().toString()).toList()))
              .toList());
      data.put("upkeep", plan.upkeep().stream().map(RunText::data).toList());
      return show(new Answer(blocks, data, check && plan.stale() ? 10 : 0));
    }
  }

  /** Proves a model. */
  @Command(
      name = "replay",
      description = "Train a model's version again from its pinned snapshots, and compare.",
      footer = {"", "Examples:", "  headwater replay late", "  headwater replay late@3 -o json"})
  static final class Replay extends Running {
    @Override
    public Integer call() {
      Named named = named(arguments(), Target.Kind.MODEL);
      Progress progress = new RunScreen(screen().progressOnly(), System::nanoTime);
      Answer answer;
      try (Launcher launcher = session().open(named.project(), options())) {
        answer = launcher.replay(named.target(), named.ref(), progress);
      }
      return show(answer);
    }
  }
}
