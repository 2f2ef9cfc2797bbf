package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.Question;
import dev.headwater.pipelines.project.ModelRef;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is done with models. */
final class ModelVerbs {
  private ModelVerbs() {}

  /** The group. */
  @Command(
      name = "model",
      description = "Show, list, promote and roll back models.",
      subcommands = {Show.class, Listed.class, Diff.class, Promote.class, Rollback.class},
      footer = {"", "Examples:", "  headwater model show late", "  headwater model promote late@2"})
  static final class Model extends VerbGroup {}

  /** One version. */
  @Command(
      name = "show",
      description = "Show a model's version: its metrics beside the baseline, inputs, pins.",
      footer = {"", "Examples:", "  headwater model show late", "  headwater model show late@2"})
  static final class Show extends LookVerbs.OfTarget {
    @Override
    public Integer call() {
      Named named = named(arguments(), Target.Kind.MODEL);
      return ask(named.project(), l -> l.model(named.target(), named.ref()));
    }
  }

  /** All of them. */
  @Command(
      name = "list",
      description = "List the models with their versions and aliases.",
      footer = {"", "Examples:", "  headwater model list", "  headwater model list -o json"})
  static final class Listed extends LookVerbs.OfTarget {
    @Override
    public Integer call() {
      return ask(project(new ArrayList<>(arguments())), Launcher::models);
    }
  }

  /** Two versions. */
  @Command(
      name = "diff",
      description = {
        "Show how two versions of a model differ: data, features, code, parameters, metrics.",
        "Without the second one, the first is compared with the newest."
      },
      footer = {
        "",
        "Examples:",
        "  headwater model diff late@1 late@2",
        "  headwater model diff late@champion -o json"
      })
  static final class Diff extends LookVerbs.OfTarget {
    @Override
    public Integer call() {
      List<String> rest = new ArrayList<>(arguments());
      Project project = project(rest);
      if (rest.isEmpty() || rest.size() > 2) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            "Which versions?",
            "write headwater model diff late@1 late@2.");
      }
      Named from = named(List.of(rest.get(0)), Target.Kind.MODEL);
      Named to = named(List.of(rest.get(rest.size() - 1)), Target.Kind.MODEL);
      String one = from.ref();
      if (one == null || !from.target().equals(to.target())) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            one == null
                ? "Which version of " + from.target().name() + "?"
                : from.target().name() + " and " + to.target().name() + " are two models.",
            "write headwater model diff late@1 late@2.");
      }
      @Nullable String other = rest.size() == 1 ? null : to.ref();
      return ask(project, l -> l.ask(new Question.ModelDiff(from.target(), one, other)));
    }
  }

  /** Moves an alias. */
  @Command(
      name = "promote",
      description = "Make a version the champion.",
      footer = {
        "",
        "Examples:",
        "  headwater model promote late@2",
        "  headwater model promote late@2 --alias challenger"
      })
  static final class Promote extends LookVerbs.OfTarget {
    @Option(names = "--alias", paramLabel = "NAME", description = "champion by default.")
    private String alias = ModelRef.CHAMPION;

    @Mixin private ConfirmOption confirmed = new ConfirmOption();

    @Override
    public Integer call() {
      Named named = named(arguments(), Target.Kind.MODEL);
      String version = named.ref();
      if (version == null) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            "Which version of " + named.target().name() + "?",
            "write headwater model promote " + named.target().name() + "@2.");
      }
      return ask(
          named.project(),
          LaunchOptions.DEFAULT.confirm(confirmed.environment()),
          l -> l.promote(named.target(), version, alias));
    }
  }

  /** Moves it back. */
  @Command(
      name = "rollback",
      description = "Make the previous champion the champion again.",
      footer = {
        "",
        "Examples:",
        "  headwater model rollback late",
        "  headwater model rollback late --alias challenger"
      })
  static final class Rollback extends LookVerbs.OfTarget {
    @Option(names = "--alias", paramLabel = "NAME", description = "champion by default.")
    private String alias = ModelRef.CHAMPION;

    @Mixin private ConfirmOption confirmed = new ConfirmOption();

    @Override
    public Integer call() {
      Named named = named(arguments(), Target.Kind.MODEL);
      return ask(
          named.project(),
          LaunchOptions.DEFAULT.confirm(confirmed.environment()),
          l -> l.rollback(named.target(), alias));
    }
  }
}
