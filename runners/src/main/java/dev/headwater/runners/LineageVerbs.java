package dev.headwater.runners;

import dev.headwater.pipelines.Launcher;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is done with lineage events. */
final class LineageVerbs {
  private LineageVerbs() {}

  /** The group. */
  @Command(
      name = "lineage",
      description = "Show and send lineage events.",
      subcommands = {Status.class, Flush.class, Parked.class, Retry.class},
      footer = {"", "Examples:", "  headwater lineage status", "  headwater lineage flush"})
  static final class Lineage extends VerbGroup {}

  /** What waits. */
  @Command(
      name = "status",
      description = "Count the events that are pending, delivered and parked.",
      footer = {
        "",
        "Examples:",
        "  headwater lineage status",
        "  headwater lineage status -o json"
      })
  static final class Status extends LookVerbs.OfTarget {
    @Override
    public Integer call() {
      return ask(project(new ArrayList<>(arguments())), Launcher::lineageStatus);
    }
  }

  /** Sends it. */
  @Command(
      name = "flush",
      description = "Send the events that are pending.",
      footer = {
        "",
        "Examples:",
        "  headwater lineage flush",
        "  headwater lineage flush -C examples/flights"
      })
  static final class Flush extends LookVerbs.OfTarget {
    @Override
    public Integer call() {
      return ask(project(new ArrayList<>(arguments())), Launcher::lineageFlush);
    }
  }

  /** What was refused. */
  @Command(
      name = "parked",
      description = "Show the events that a server has refused, with its answers.",
      footer = {
        "",
        "Examples:",
        "  headwater lineage parked",
        "  headwater lineage parked -n 1 -o json"
      })
  static final class Parked extends LookVerbs.OfTarget {
    @Mixin private LimitOption most = new LimitOption();

    @Override
    public Integer call() {
      return ask(project(new ArrayList<>(arguments())), l -> l.lineageParked(most.limit()));
    }
  }

  /** Once more. */
  @Command(
      name = "retry",
      description = {
        "Have what was refused sent again, with all that came after it: order matters more than",
        "repeats. Without a number it begins with the first event that is parked."
      },
      footer = {
        "",
        "Examples:",
        "  headwater lineage retry",
        "  headwater lineage retry --from 412"
      })
  static final class Retry extends LookVerbs.OfTarget {
    @Option(
        names = "--from",
        paramLabel = "EVENT",
        description = "The number of an event, as parked shows it; also one that was delivered.")
    private @Nullable Long from;

    @Override
    public Integer call() {
      return ask(project(new ArrayList<>(arguments())), l -> l.lineageRetry(from));
    }
  }
}
