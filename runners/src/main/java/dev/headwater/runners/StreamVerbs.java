package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/**
 * A project's stream that goes on as another job: of the same steps, with the state of the last.
 */
final class StreamVerbs {
  /** How a stage's job ends its name: the run's id. */
  private static final String RUN = "-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

  private StreamVerbs() {}

  /** The topic's table that a job of this name fills, if it is a stream of the project. */
  static Optional<Target> filledBy(Project project, String job) {
    String head = project.name() + "-" + Target.Kind.TABLE.stage() + "-";
    String name = job.replaceFirst(RUN + "$", "");
    return name.equals(job) || !name.startsWith(head)
        ? Optional.empty()
        : Optional.of(new Target(Target.Kind.TABLE, name.substring(head.length())))
            .filter(table -> follows(project, table));
  }

  private static boolean follows(Project project, Target table) {
    TableDecl declared = project.tables().get(table.name());
    return declared != null && project.topic(declared).isPresent();
  }

  /** Verbs that send a stream again. */
  abstract static class Again extends JobVerbs.OfCluster {
    @Option(
        names = "--detach",
        description = "Don't follow it; headwater run TABLE --stream does, at any time.")
    private boolean detached;

    @Mixin private ConfirmOption confirmed = new ConfirmOption();

    @Unmatched private List<String> beam = new ArrayList<>();

    final void guard(String what) {
      guard(what, confirmed);
    }

    final Target table(Project project, String job) {
      return filledBy(project, job)
          .orElseThrow(
              () ->
                  new HeadwaterException(
                      HeadwaterException.Kind.USAGE,
                      "Job " + job + " is no stream of project " + project.name() + ".",
                      "send it again as it was sent, with --savepointPath=...; or name its"
                          + " project: -C DIR."));
    }

    final Project project() {
      return project(new ArrayList<>());
    }

    final int send(
        Project project, Target table, FlinkJobs jobs, int parallelism, @Nullable String state) {
      List<String> options = new ArrayList<>(beam);
      options.add(BeamOptions.MASTER + jobs.rest().master());
      if (parallelism > 0) {
        options.add("--parallelism=" + parallelism);
      }
      if (state != null) {
        options.add("--savepointPath=" + state);
      }
      BeamOptions.parse(options);
      LaunchOptions here = new LaunchOptions("flink", options);
      return stream(project, table, detached ? here.detach() : here, shown -> shown);
    }
  }

  /** Goes on from where a stream has stopped. */
  @Command(
      name = "resume",
      description = "Go on with a stream that was stopped, or has failed, from what it had saved.",
      footer = {
        "",
        "Options of Beam and its runner are passed on.",
        "",
        "Examples:",
        "  headwater job resume 5f3a --cluster prod",
        "  headwater job resume flights --rebuild"
      })
  static final class Resume extends Again {
    @Parameters(
        paramLabel = "JOB|SAVEPOINT",
        arity = "1",
        description = "A job that has ended, the place of a savepoint or checkpoint, or a table.")
    private String from = "";

    @Option(
        names = "--table",
        paramLabel = "TABLE",
        description = "Whose savepoint it is, where the project has several streams.")
    private @Nullable String named;

    @Option(names = "--parallelism", paramLabel = "N", description = "How many slots; 1 if unsaid.")
    private int parallelism;

    @Option(
        names = "--rebuild",
        description = "Without the saved state: from where the table ends in its topic.")
    private boolean rebuild;

    @Override
    public Integer call() {
      guard("resume a job");
      Project project = project();
      FlinkJobs jobs = jobs();
      if (from.indexOf('/') >= 0) {
        if (rebuild) {
          throw new HeadwaterException(
              HeadwaterException.Kind.USAGE,
              "--rebuild takes no savepoint: it begins where the table ends.",
              "name the table: headwater job resume TABLE --rebuild.");
        }
        return send(project, only(project), jobs, parallelism, from);
      }
      if (rebuild && !jobs.knows(from)) {
        return send(project, project.target("table/" + from), jobs, parallelism, null);
      }
      String id = jobs.id(from);
      Target table = table(project, jobs.name(id));
      if (jobs.isRunning(id)) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            "Job " + id + " is still at work.",
            "follow it: headwater run "
                + table.name()
                + " --stream; stop it first: headwater job"
                + " stop; or give it more: headwater job rescale.");
      }
      String state =
          rebuild
              ? null
              : jobs.state(id)
                  .orElseThrow(
                      () ->
                          new HeadwaterException(
                              HeadwaterException.Kind.USAGE,
                              "Job " + id + " has left no savepoint and no checkpoint.",
                              "begin where the table ends: headwater job resume "
                                  + table.name()
                                  + " --rebuild."));
      return send(project, table, jobs, parallelism, state);
    }

    /** The table that is named, or the only one that follows a topic. */
    private Target only(Project project) {
      List<Target> streams =
          project.targets().stream()
              .filter(t -> t.kind() == Target.Kind.TABLE && follows(project, t))
              .filter(t -> Optional.ofNullable(named).map(t.name()::equals).orElse(true))
              .toList();
      if (streams.size() == 1) {
        return streams.get(0);
      }
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          streams.isEmpty() ? "There is no such stream in the project." : "Whose savepoint is it?",
          "write --table=TABLE, one that is filled from a topic.");
    }
  }

  /** Gives a stream more or fewer slots. */
  @Command(
      name = "rescale",
      description = "Stop a stream with a savepoint, and go on with another number of slots.",
      footer = {
        "",
        "Examples:",
        "  headwater job rescale 5f3a 2 --cluster prod",
        "  headwater job rescale flights-ingest-flights 4 --savepoint s3://acme/savepoints --detach"
      })
  static final class Rescale extends Again {
    @Parameters(
        paramLabel = "JOB",
        arity = "1",
        index = "0",
        description = "Its id, the beginning of it, or its name.")
    private String job = "";

    @Parameters(
        paramLabel = "N",
        arity = "1",
        index = "1",
        converter = Count.class,
        description = "How many slots.")
    private int parallelism;

    @Option(
        names = "--savepoint",
        paramLabel = "DIR",
        description =
            "Where to put it; otherwise where the cluster is set to (state.savepoints.dir).")
    private @Nullable String folder;

    @Override
    public Integer call() {
      guard("rescale a job");
      Project project = project();
      FlinkJobs jobs = jobs();
      String id = jobs.id(job);
      Target table = table(project, jobs.name(id));
      jobs.fits(id, parallelism);
      String state = jobs.stop(id, folder);
      screen().err().println("savepoint " + state);
      return send(project, table, jobs, parallelism, state);
    }
  }
}
