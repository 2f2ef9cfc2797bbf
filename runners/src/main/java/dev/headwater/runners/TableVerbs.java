package dev.headwater.runners;

import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.project.Target;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What looks at tables, drift and lineage. */
final class TableVerbs {
  private TableVerbs() {}

  /** The group. */
  @Command(
      name = "table",
      description = "Show a table and its history; name, compact and expire its snapshots.",
      subcommands = {
        Show.class,
        History.class,
        RefVerbs.Diff.class,
        RefVerbs.Tag.class,
        RefVerbs.Branch.class,
        RefVerbs.Rollback.class,
        DeleteVerb.class,
        UpkeepVerbs.Compact.class,
        UpkeepVerbs.Expire.class,
        UpkeepVerbs.Orphans.class,
        UpkeepVerbs.Manifests.class,
      },
      footer = {
        "",
        "Examples:",
        "  headwater table show flights",
        "  headwater table compact flights"
      })
  static final class Table extends VerbGroup {}

  /** What it is. */
  @Command(
      name = "show",
      description = "Show a table's schema, partitioning, size and snapshot.",
      footer = {
        "",
        "Examples:",
        "  headwater table show flights",
        "  headwater table show late_scores -o json"
      })
  static final class Show extends LookVerbs.OfTarget {
    @Override
    public Integer call() {
      Tables tables = tables();
      return askEach(tables.project(), tables.targets(), LaunchOptions.DEFAULT, Launcher::table);
    }
  }

  /** What it was. */
  @Command(
      name = "history",
      description = "List a table's snapshots, the newest first.",
      footer = {
        "",
        "Examples:",
        "  headwater table history flights",
        "  headwater table history flights -n 3"
      })
  static final class History extends LookVerbs.OfTarget {
    @Mixin private LimitOption most = new LimitOption();

    @Override
    public Integer call() {
      Tables tables = tables();
      return askEach(
          tables.project(),
          tables.targets(),
          LaunchOptions.DEFAULT,
          (l, table) -> l.history(table, most.limit()));
    }
  }

  /** The group. */
  @Command(
      name = "drift",
      description = "Show what has moved since a model was trained.",
      subcommands = {Why.class},
      footer = {
        "",
        "Examples:",
        "  headwater drift why late_drift",
        "  headwater drift why late_drift -o json"
      })
  static final class Drift extends VerbGroup {}

  /** What moved. */
  @Command(
      name = "why",
      description = "Show which columns moved, in which period, and by how much.",
      footer = {
        "",
        "Examples:",
        "  headwater drift why late_drift",
        "  headwater drift why late_drift -o json"
      })
  static final class Why extends LookVerbs.OfTarget {
    @Override
    public Integer call() {
      Named named = named(arguments(), Target.Kind.MONITOR);
      return ask(named.project(), l -> l.driftWhy(named.target()));
    }
  }
}
