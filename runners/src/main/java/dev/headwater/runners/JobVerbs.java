package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.Guard;
import dev.headwater.pipelines.LaunchOptions;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.project.ClusterDecl;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is done with the jobs of a Flink cluster. */
final class JobVerbs {
  private JobVerbs() {}

  /** The group. */
  @Command(
      name = "job",
      description = "List, show, end and resume the jobs of a Flink cluster.",
      subcommands = {
        Listed.class,
        Show.class,
        Cancel.class,
        Stop.class,
        StreamVerbs.Resume.class,
        StreamVerbs.Rescale.class
      },
      footer = {
        "",
        "Examples:",
        "  headwater job list --cluster prod",
        "  headwater job stop 5f3a --savepoint s3://acme/savepoints"
      })
  static final class Job extends VerbGroup {}

  /** Verbs that speak with a cluster. */
  abstract static class OfCluster extends Verb {
    @Option(
        names = "--cluster",
        paramLabel = "CLUSTER",
        description = "One that the project names, or host:port; not needed if it names one only.")
    private @Nullable String cluster;

    final int ask(Function<JobAnswers, Answer> question) {
      return show(question.apply(new JobAnswers(jobs())));
    }

    final FlinkJobs jobs() {
      return new FlinkJobs(new FlinkRest(cluster()));
    }

    /** Refuses what isn't to be done in a protected environment without being said by name. */
    final void guard(String what, ConfirmOption confirmed) {
      anyProject().ifPresent(p -> Guard.check(p, what, confirmed.environment()));
    }

    private Cluster cluster() {
      Map<String, ClusterDecl> declared = anyProject().map(Project::clusters).orElse(Map.of());
      if (cluster != null) {
        return Cluster.of(cluster, declared);
      }
      if (declared.size() == 1) {
        return Cluster.of(declared.keySet().iterator().next(), declared);
      }
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Which cluster?",
          declared.isEmpty()
              ? "write --cluster=host:port, or declare clusters in the project."
              : "write --cluster=" + String.join(" or --cluster=", declared.keySet()) + ".");
    }
  }

  /** Verbs about one job. */
  abstract static class OfJob extends OfCluster {
    @Parameters(
        paramLabel = "JOB",
        arity = "1",
        description = "Its id, the beginning of it, or its name.")
    private String job = "";

    final int ask(BiFunction<JobAnswers, String, Answer> question) {
      FlinkJobs jobs = jobs();
      return show(question.apply(new JobAnswers(jobs), jobs.id(job)));
    }
  }

  /** All of them. */
  @Command(
      name = "list",
      description = "List a cluster's jobs, the newest first.",
      footer = {
        "",
        "Examples:",
        "  headwater job list --cluster prod",
        "  headwater job list --cluster 10.0.0.7:8081 -o json"
      })
  static final class Listed extends OfCluster {
    @Override
    public Integer call() {
      return ask(JobAnswers::list);
    }
  }

  /** One of them. */
  @Command(
      name = "show",
      description = "Show a job: its steps with records, load and back-pressure, its checkpoints.",
      footer = {
        "",
        "Examples:",
        "  headwater job show 5f3a --cluster prod",
        "  headwater job show 5f3a --cluster prod -o json"
      })
  static final class Show extends OfJob {
    @Override
    public Integer call() {
      return ask((answers, id) -> behind(answers.show(id)));
    }

    /** With how far the topic is ahead, where it is a stream of the project around. */
    private Answer behind(Answer shown) {
      String name = String.valueOf(shown.data().get("name"));
      Project project = anyProject().orElse(null);
      Target table = project == null ? null : StreamVerbs.filledBy(project, name).orElse(null);
      if (project == null || table == null) {
        return shown;
      }
      Object lag;
      try (Launcher launcher = session().open(project, LaunchOptions.DEFAULT)) {
        lag = launcher.offsets(table).data().get("lag");
      }
      if (lag == null) {
        return shown;
      }
      Map<String, Object> data = new LinkedHashMap<>(shown.data());
      data.put("lag", lag);
      List<Answer.Block> blocks = new ArrayList<>(shown.blocks());
      blocks.add(new Answer.Block.Line(table.name() + " is " + lag + " records behind its topic"));
      return Answer.of(data, blocks);
    }
  }

  /** Ends it. */
  @Command(
      name = "cancel",
      description = "End a job. What it has committed stays; the rest is an orphan.",
      footer = {
        "",
        "Examples:",
        "  headwater job cancel 5f3a --cluster prod",
        "  headwater job cancel flights-ingest-flights --cluster prod"
      })
  static final class Cancel extends OfJob {
    @Mixin private ConfirmOption confirmed = new ConfirmOption();

    @Override
    public Integer call() {
      guard("cancel a job", confirmed);
      return ask(JobAnswers::cancel);
    }
  }

  /** Ends it with a savepoint. */
  @Command(
      name = "stop",
      description = "Stop a stream with a savepoint, to go on from.",
      footer = {
        "",
        "Examples:",
        "  headwater job stop 5f3a --cluster prod --savepoint s3://acme/savepoints",
        "  headwater job stop 5f3a --cluster prod -o json"
      })
  static final class Stop extends OfJob {
    @Option(
        names = "--savepoint",
        paramLabel = "DIR",
        description =
            "Where to put it; otherwise where the cluster is set to (state.savepoints.dir).")
    private @Nullable String folder;

    @Mixin private ConfirmOption confirmed = new ConfirmOption();

    @Override
    public Integer call() {
      guard("stop a job", confirmed);
      return ask((answers, id) -> answers.stop(id, folder));
    }
  }
}
