package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.Guard;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.TableTask;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import java.io.Console;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A verb that changes a table, or several alike. */
abstract class ChangeVerb extends LookVerbs.OfTarget {
  @Option(names = "--dry-run", description = "Only say what it would do.")
  private boolean dryRun;

  @Mixin private WaitOption wait = new WaitOption();

  final boolean dryRun() {
    return dryRun;
  }

  /** Changes it, or says what it would do. */
  final int change(Named named, TableTask task) {
    return change(Tables.of(named), task);
  }

  /** The options with what is said of waiting. */
  final LaunchOptions waiting(LaunchOptions options) {
    return wait.in(options);
  }

  final Progress progress() {
    return new RunScreen(screen().progressOnly(), System::nanoTime);
  }

  final int change(Tables tables, TableTask task) {
    return with(tables, LaunchOptions.DEFAULT, (l, t) -> l.table(t, task, dryRun, progress()));
  }

  final int with(Tables tables, LaunchOptions options, BiFunction<Launcher, Target, Answer> work) {
    return askEach(tables.project(), tables.targets(), waiting(options), work);
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
      return destroy(Tables.of(named), task);
    }

    /** The same with several, after one yes for all of them. */
    final int destroy(Tables tables, TableTask task) {
      Project project = tables.project();
      String said = confirmed.environment();
      String what = task.destroys();
      if (what != null && !dryRun()) {
        // Before anybody is asked.
        tables.targets().forEach(t -> Guard.check(project, what + " of " + t.name(), said));
      }
      Answer answer;
      try (Launcher launcher =
          session().open(project, waiting(LaunchOptions.DEFAULT.confirm(said)))) {
        boolean asks = !(yes || said != null);
        answer = dryRun() || asks ? each(launcher, tables, task, true) : null;
        if (answer == null || !dryRun() && agreed(project, answer)) {
          answer = each(launcher, tables, task, false);
        }
      }
      return show(answer);
    }

    private Answer each(Launcher launcher, Tables tables, TableTask task, boolean dry) {
      Map<String, Answer> answers = new LinkedHashMap<>();
      Progress progress = dry ? Progress.NONE : progress();
      for (Target table : tables.targets()) {
        answers.put(table.toString(), launcher.table(table, task, dry, progress));
      }
      return Answer.each(answers);
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
