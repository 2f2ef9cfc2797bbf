package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What looks at a project and at what it made. */
final class LookVerbs {
  private LookVerbs() {}

  /** Verbs about one target. */
  abstract static class OfTarget extends Verb {
    @Parameters(paramLabel = "TARGET", arity = "0..*", description = "late, model/late, late@3.")
    private List<String> arguments = new ArrayList<>();

    final List<String> arguments() {
      return arguments;
    }

    final Named target() {
      return named(arguments, null);
    }

    /** A table: a target's, or with dots any of a catalog that the project declares. */
    final Named table() {
      return namedTable(arguments);
    }

    /** The same, or the tables of all targets that selectors mean. */
    final Tables tables() {
      return tables(arguments);
    }
  }

  /** Prints declarations with their defaults. */
  @Command(
      name = "explain",
      description = "Print targets, or the whole project, with every default filled in.",
      footer = {
        "",
        "Examples:",
        "  headwater explain model/late",
        "  headwater explain changed:main"
      })
  static final class Explain extends RunVerbs.Choosing {
    @Override
    public Integer call() {
      List<Target> targets = new ArrayList<>();
      Project project = chosen(targets);
      if (!isNarrowed()) {
        String all = dev.headwater.pipelines.project.Explain.of(project);
        return show(
            Answer.of(
                dev.headwater.pipelines.project.Explain.data(project),
                new Answer.Block.Line(all.stripTrailing())));
      }
      Map<String, Object> data = new LinkedHashMap<>();
      List<Answer.Block> blocks = new ArrayList<>();
      for (Target target : targets) {
        data.put(target.toString(), dev.headwater.pipelines.project.Explain.data(project, target));
        if (!blocks.isEmpty()) {
          blocks.add(new Answer.Block.Line(""));
        }
        String yaml = dev.headwater.pipelines.project.Explain.of(project, target);
        blocks.add(new Answer.Block.Line(yaml.stripTrailing()));
      }
      return show(Answer.of(data, blocks));
    }
  }

  /** The first rows. */
  @Command(
      name = "head",
      description = "Show the first rows of what a target made.",
      footer = {"", "Examples:", "  headwater head flights", "  headwater head late_scores -n 50"})
  static final class Head extends OfTarget {
    @Option(
        names = {"-n", "--rows"},
        paramLabel = "N",
        converter = Count.class,
        description = "How many; 10 by default.")
    private int rows = 10;

    @Override
    public Integer call() {
      Named named = table();
      return ask(named.project(), l -> l.head(named.target(), named.ref(), rows));
    }
  }

  /** What the columns hold. */
  @Command(
      name = "profile",
      description = "Show what a table's columns hold, without reading a row.",
      footer = {
        "",
        "Examples:",
        "  headwater profile flights --from 5822409177 -o json",
        "  headwater profile flights --refresh"
      })
  static final class Profile extends RunVerbs.Running {
    @Option(
        names = {"--from"},
        paramLabel = "SNAPSHOT",
        description = "Only rows that came after it: a snapshot, tag or branch.")
    private @Nullable String from;

    @Option(
        names = {"-n", "--top"},
        paramLabel = "N",
        description = "How many of the most frequent values; 5 by default.")
    private int top = 5;

    @Option(
        names = "--refresh",
        description = "First read all rows of the newest snapshot, and keep their sketches.")
    private boolean refresh;

    @Override
    public Integer call() {
      Named named = named(arguments(), null);
      if (refresh && (named.ref() != null || from != null)) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            "--refresh is of the newest snapshot alone.",
            "leave out the snapshot and --from.");
      }
      Progress progress = new RunScreen(screen().progressOnly(), System::nanoTime);
      try (Launcher launcher = session().open(named.project(), options())) {
        if (refresh) {
          launcher.sketch(named.target(), progress);
        }
        return show(launcher.profile(named.target(), named.ref(), from, top));
      }
    }
  }
}
