package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.Guard;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.TableTask;
import dev.headwater.pipelines.project.Project;
import java.io.Console;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A verb that changes a table. */
abstract class ChangeVerb extends LookVerbs.OfTarget {
  @Option(names = "--dry-run", description = "Only say what it would do.")
  private boolean dryRun;

  @Mixin private WaitOption wait = new WaitOption();

  final boolean dryRun() {
    return dryRun;
  }

  /** Changes it, or says what it would do. */
  final int change(Named named, TableTask task) {
    return with(
        named, LaunchOptions.DEFAULT, l -> l.table(named.target(), task, dryRun, progress()));
  }

  final Progress progress() {
    return new RunScreen(screen().progressOnly(), System::nanoTime);
  }

  final int with(
      Named named, LaunchOptions options, java.util.function.Function<Launcher, Answer> work) {
    Answer answer;
    try (Launcher launcher = session().open(named.project(), wait.in(options))) {
      answer = work.apply(launcher);
    }
    return show(answer);
  }

  /** One that may destroy something: it asks first, or wants --yes. */
  abstract static class Asking extends ChangeVerb {
    @Option(
        names = {"-y", "--yes"},
        description = "Don't ask.")
    private boolean yes;

    @Mixin private ConfirmOption confirmed = new ConfirmOption();

    /** As {@link #change}, after a yes. */
    final int destroy(Named named, TableTask task) {
      String said = confirmed.environment();
      String what = task.destroys();
      if (what != null && !dryRun()) {
        // Before anybody is asked.
        Guard.check(named.project(), what + " of " + named.target().name(), said);
      }
      return with(
          named,
          LaunchOptions.DEFAULT.confirm(said),
          launcher -> {
            Answer would = null;
            if (dryRun() || !(yes || said != null)) {
              would = launcher.table(named.target(), task, true, Progress.NONE);
            }
            if (would != null && (dryRun() || !agreed(named.project(), would))) {
              return would;
            }
            return launcher.table(named.target(), task, false, progress());
          });
    }

    private boolean agreed(Project project, Answer would) {
      @Nullable Console console = screen().json() ? null : System.console();
      if (console == null) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            "This can't be undone, and there is nobody to ask.",
            "see what it would do with --dry-run, then say --yes.");
      }
      screen().err().print(Blocks.text(would.blocks()));
      screen().err().flush();
      String said =
          console.readLine(
              "Go on in %s · %s? [y/N] ", project.name(), project.environment().name());
      if (said == null || !said.strip().toLowerCase(Locale.ROOT).startsWith("y")) {
        screen().err().println("Nothing was changed.");
        return false;
      }
      return true;
    }
  }
}
