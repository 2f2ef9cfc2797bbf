package dev.headwater.runners;

import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.project.Target;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A range of a table's time, once more. */
@Command(
    name = "backfill",
    description = "Read a table's rows of a range of time again from its files or its topic.",
    footer = {
      "",
      "They take the place of the rows that the table has in it, in one commit; rows outside of",
      "it stay. Rows that a topic sends to several tables take their place in all of them, or in",
      "none. What depends on the table becomes stale.",
      "",
      "Examples:",
      "  headwater backfill flights --from 2001-06-01 --to 2001-07-01 --dry-run",
      "  headwater backfill flights --from 2001-06-01 --to 2001-06-01T06:00:00Z"
    })
final class BackfillVerb extends RunVerbs.Running {
  @Option(
      names = "--from",
      paramLabel = "TIME",
      required = true,
      converter = Moment.class,
      description = "The first moment of it.")
  private @Nullable Instant from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      required = true,
      converter = Moment.class,
      description = "The first moment behind it.")
  private @Nullable Instant to;

  @Option(names = "--dry-run", description = "Only say how many rows would go and come.")
  private boolean dryRun;

  @Mixin private ConfirmOption confirmed = new ConfirmOption();

  @Mixin private WaitOption wait = new WaitOption();

  @Override
  LaunchOptions options() {
    return wait.in(super.options().confirm(confirmed.environment()));
  }

  @Override
  public Integer call() {
    Named named = named(arguments(), Target.Kind.TABLE);
    Progress progress = new RunScreen(screen().progressOnly(), System::nanoTime);
    Instant first = from;
    Instant behind = to;
    if (first == null || behind == null) {
      throw new IllegalStateException("picocli wants both");
    }
    try (Launcher launcher = session().open(named.project(), options())) {
      return show(launcher.backfill(named.target(), first, behind, dryRun, progress));
    }
  }
}
