package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.RunReport;
import dev.headwater.pipelines.project.Project;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Waits for what was sent to a cluster, and brings its run and its lineage to their end. */
@Command(
    name = "watch",
    description = {
      "Wait for a job that was sent with --detach, and close its run when it has ended: its record",
      "and its lineage come to their end. Of a stream both say each minute how far it is. Ctrl-C",
      "ends the watching, not the job; it can be watched again at any time."
    },
    footer = {
      "",
      "Exit statuses: 0 it has ended well, 5 nobody can tell (its run stays open), 130 it goes on",
      "and nobody waits any more; otherwise that of the failure.",
      "",
      "Examples:",
      "  headwater watch flights",
      "  headwater watch 5f3a -o json"
    })
final class WatchVerb extends Verb {
  @Parameters(
      paramLabel = "JOB",
      arity = "1..*",
      description =
          "Its target, its run, the cluster's id of it, the beginning of one of these, or its name.")
  private List<String> job = new ArrayList<>();

  @Override
  public Integer call() {
    List<String> arguments = new ArrayList<>(job);
    Project project = project(arguments);
    if (arguments.size() != 1) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          arguments.isEmpty() ? "Which job?" : "One job at a time, not " + arguments + ".",
          "headwater runs --status open lists the runs that have not ended.");
    }
    RunScreen shown = new RunScreen(screen(), System::nanoTime);
    try (Signals signals = Signals.listen();
        Launcher launcher = session().open(project, LaunchOptions.DEFAULT)) {
      RunReport report = launcher.watch(arguments.get(0), signals::ended, shown);
      shown.end(report);
      int status = exitStatus(report);
      return status == 0 && signals.ended() ? Signals.INTERRUPTED : status;
    }
  }
}
