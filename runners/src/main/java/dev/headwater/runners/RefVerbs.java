package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.TableTask;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What compares a table's snapshots, and names them. */
final class RefVerbs {
  private RefVerbs() {}

  /** The arguments without the last one, which is not a target. */
  private static List<String> allButLast(List<String> arguments) {
    return new ArrayList<>(arguments.subList(0, Math.max(0, arguments.size() - 1)));
  }

  private static String last(List<String> arguments, String what) {
    if (arguments.size() < 2) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE, what, "see --help for two examples.");
    }
    return arguments.get(arguments.size() - 1);
  }

  /** What changed. */
  @Command(
      name = "diff",
      description = "Show what changed in a table from one snapshot to another.",
      footer = {
        "",
        "Without --to it is the newest snapshot, without a ref the one before it.",
        "",
        "Examples:",
        "  headwater table diff flights",
        "  headwater table diff flights@snapshot:5822 --to snapshot:7710 --rows 5"
      })
  static final class Diff extends LookVerbs.OfTarget {
    @Option(names = "--to", paramLabel = "REF", description = "A snapshot, tag or branch.")
    private @Nullable String to;

    @Option(names = "--rows", paramLabel = "N", description = "Rows of changed files to show.")
    private int rows;

    @Override
    public Integer call() {
      Named named = table();
      TableTask task = new TableTask.Diff(named.ref(), to, rows);
      return ask(
          named.project(),
          l -> l.table(named.target(), task, true, dev.headwater.pipelines.Progress.NONE));
    }
  }

  /** A name that stays. */
  @Command(
      name = "tag",
      description = "Name a snapshot, so that it never expires.",
      footer = {
        "",
        "Examples:",
        "  headwater table tag flights@snapshot:5822 before-the-storm",
        "  headwater table tag flights before-the-storm --remove --yes"
      })
  static final class Tag extends ChangeVerb.Asking {
    @Option(names = "--remove", description = "Take the tag away.")
    private boolean remove;

    @Override
    public Integer call() {
      String name = last(arguments(), "Which tag?");
      Named named = namedTable(allButLast(arguments()));
      TableTask task = new TableTask.Tag(name, named.ref(), remove);
      return remove ? destroy(named, task) : change(named, task);
    }
  }

  /** A name that moves. */
  @Command(
      name = "branch",
      description = "Begin a branch at a snapshot.",
      footer = {
        "",
        "Examples:",
        "  headwater table branch flights trial",
        "  headwater table branch flights trial --remove --yes"
      })
  static final class Branch extends ChangeVerb.Asking {
    @Option(names = "--remove", description = "Take the branch away.")
    private boolean remove;

    @Override
    public Integer call() {
      String name = last(arguments(), "Which branch?");
      Named named = namedTable(allButLast(arguments()));
      TableTask task = new TableTask.Branch(name, named.ref(), remove);
      return remove ? destroy(named, task) : change(named, task);
    }
  }

  /** The way back. */
  @Command(
      name = "rollback",
      description = "Make an older snapshot of a table the current one again.",
      footer = {
        "",
        "Examples:",
        "  headwater table rollback flights@snapshot:5822 --dry-run",
        "  headwater table rollback flights@before-the-storm --yes"
      })
  static final class Rollback extends ChangeVerb.Asking {
    @Override
    public Integer call() {
      Named named = table();
      String to = named.ref();
      if (to == null) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            "To which snapshot?",
            "write headwater table rollback " + named.target().name() + "@snapshot:58….");
      }
      return destroy(named, new TableTask.Rollback(to));
    }
  }
}
