package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.project.ModelRef;
import dev.headwater.pipelines.project.Target;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What is done with models. */
final class ModelVerbs {
  private ModelVerbs() {}

  /** The group. */
  @Command(
      name = "model",
      description = "Show, list, promote and roll back models.",
      subcommands = {Show.class, Listed.class, Promote.class, Rollback.class},
      footer = {"", "Examples:", "  headwater model show late", "  headwater model promote late@2"})
  static final class Model implements Runnable {
    @CommandLine.Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private HelpOption help;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public void run() {
      TableVerbs.which(spec);
    }
  }

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
      return ask(named.project(), l -> l.promote(named.target(), version, alias));
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

    @Override
    public Integer call() {
      Named named = named(arguments(), Target.Kind.MODEL);
      return ask(named.project(), l -> l.rollback(named.target(), alias));
    }
  }
}
