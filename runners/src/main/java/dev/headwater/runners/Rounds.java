package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.PlanReport;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.RunEvent;
import dev.headwater.pipelines.RunReport;
import dev.headwater.pipelines.StageResult;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectException;
import dev.headwater.pipelines.project.Target;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs of a project one after the other, until the process is told to end. Each reads the project's
 * file anew and opens what it needs anew, so that changes of either take effect, and what fails in
 * one does not end the next. A target that failed waits its {@link BackOff}.
 */
final class Rounds {
  private final RunVerb verb;
  private final Screen screen;
  private final Duration every;
  private final boolean watch;
  private final boolean force;
  private final BackOff backOff = new BackOff(System::nanoTime);
  private RunScreen shown;
  private boolean begun;
  private String told = "";

  /**
   * The rounds of a command.
   *
   * @param every how long from the beginning of one to the beginning of the next
   * @param watch only what is stale is run, and only then something is shown
   */
  Rounds(RunVerb verb, Screen screen, Duration every, boolean watch, boolean force) {
    this.verb = verb;
    this.screen = screen;
    this.every = every;
    this.watch = watch;
    this.force = force;
    this.shown = new RunScreen(screen, System::nanoTime);
  }

  /** Returns when the thread is interrupted. */
  int run() {
    Instant due = Instant.now();
    while (true) {
      long began = System.nanoTime();
      Instant next = Instant.now().plus(every);
      try {
        round(due);
        told = "";
      } catch (RuntimeException e) {
        if (!begun && wrongUse(e)) {
          throw e;
        }
        tell(e);
      }
      begun = true;
      due = next;
      try {
        Thread.sleep(Math.max(0, every.toMillis() - (System.nanoTime() - began) / 1_000_000));
      } catch (InterruptedException e) {
        return Signals.INTERRUPTED;
      }
    }
  }

  /** Where it only looks for what is stale, no run has a time at which it should begin. */
  private void round(Instant due) {
    List<Target> targets = new ArrayList<>();
    Project project = verb.chosen(targets);
    shown = new RunScreen(screen, System::nanoTime);
    try (Launcher launcher =
        verb.session().open(project, verb.options().repeated().due(watch ? null : due))) {
      boolean forced = force && (!watch || !begun);
      if (watch && !forced) {
        targets = stale(project, launcher, targets);
      }
      if (!targets.isEmpty()) {
        RunReport report = launcher.run(targets, forced, verb.watched(progress()));
        // The way back and what to do next are for those who look once.
        shown.end(
            new RunReport(report.header(), report.stages(), report.upkeep(), List.of(), List.of()));
        verb.exitStatus(report);
        if (watch) {
          report.stages().forEach(this::ended);
        }
      }
    }
    shown.status(watch ? "  watching; Ctrl-C ends it" : "  the next run begins " + next());
  }

  /** Where the plan can't be told, what is stale is found out one by one. */
  private List<Target> stale(Project project, Launcher launcher, List<Target> targets) {
    List<PlanReport.Step> steps;
    try {
      steps = launcher.plan(targets).steps();
    } catch (HeadwaterException e) {
      steps = targets.stream().map(t -> new PlanReport.Step(t, true, e.what())).toList();
    }
    return backOff.ready(project, steps);
  }

  private String next() {
    return LocalTime.now(java.time.ZoneId.systemDefault())
        .plus(every)
        .truncatedTo(ChronoUnit.SECONDS)
        .toString();
  }

  /** The first round as any other run; later ones with the time, and only what was done. */
  private Progress progress() {
    return event -> {
      if (begun && event instanceof RunEvent.Began) {
        shown.line(now());
      } else if (!watch
          || !(event instanceof RunEvent.Ended ended)
          || ended.result().status() != StageResult.Status.FRESH) {
        shown.on(event);
      }
    };
  }

  private static String now() {
    return LocalTime.now(java.time.ZoneId.systemDefault())
        .truncatedTo(ChronoUnit.SECONDS)
        .format(java.time.format.DateTimeFormatter.ISO_LOCAL_TIME);
  }

  private void ended(StageResult result) {
    Duration wait = backOff.ended(result);
    if (!wait.isZero() && !screen.json()) {
      screen.err().println("    " + result.target() + " is tried again " + text(wait) + ".");
    }
  }

  private static String text(Duration wait) {
    if (wait.equals(BackOff.CHANGE)) {
      return "when what it reads or declares has changed";
    }
    return "in " + (wait.toMinutes() > 1 ? wait.toMinutes() + " minutes" : wait.toSeconds() + " s");
  }

  private static boolean wrongUse(RuntimeException e) {
    return e instanceof ProjectException
        || e instanceof HeadwaterException known && known.kind() == HeadwaterException.Kind.USAGE;
  }

  /** The same trouble is told once. */
  private void tell(RuntimeException e) {
    @Nullable String message = e.getMessage();
    if (!told.equals(String.valueOf(message))) {
      told = String.valueOf(message);
      shown.status("");
      screen.err().println(now());
      Failures.report(screen, verb.session(), e);
    }
  }
}
