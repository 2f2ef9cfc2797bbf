package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Run;
import dev.headwater.lineage.RunFacts;
import dev.headwater.pipelines.project.DerivedDecl;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A project on an engine: brings its targets up to date, and answers questions about it. */
public final class ProjectLauncher implements Launcher {
  static final String VERSION = "0.1.0";

  private final Stages stages;
  private final LaunchOptions options;
  private final RunRecords records;
  private final RegistryJournal journal;
  private final ProjectRun runs;

  private ProjectLauncher(LaunchOptions options, Engine engine, Workspace workspace) {
    this.options = options;
    this.stages = new Stages(workspace, engine, options.again());
    this.records = new RunRecords(workspace, run -> facts(engine, run));
    this.journal =
        new RegistryJournal(workspace.registry().journal(), workspace.registry().locks());
    this.runs = new ProjectRun(stages, options, records, journal);
  }

  /** What computed a run. */
  private static RunFacts.Engine facts(Engine engine, Run run) {
    String cluster = run.parameters().get(TopicEdge.CLUSTER);
    Engine there = cluster == null ? engine : engine.on(cluster);
    return new RunFacts.Engine(there.name(), there.version(), VERSION);
  }

  public static ProjectLauncher open(Project project, LaunchOptions options, Engine engine) {
    return new ProjectLauncher(options, engine, Workspace.open(project, options.due()));
  }

  @Override
  public RunReport run(List<Target> targets, boolean force, Progress progress) {
    if (force) {
      guard("force a run");
    }
    return runs.run(targets, force, progress);
  }

  @Override
  public RunReport stream(Target table, BooleanSupplier stopped, Progress progress) {
    return runs.stream(table, stopped, progress);
  }

  @Override
  public RunReport watch(String job, BooleanSupplier stopped, Progress progress) {
    return runs.watch(job, stopped, progress);
  }

  @Override
  public PlanReport plan(List<Target> targets) {
    return runs.plan(targets);
  }

  @Override
  public Answer adopt(Target target, String reason) {
    guard("accept what " + target + " has made");
    return new Acceptance(stages.at(target)).of(target, reason);
  }

  @Override
  public Answer claim(String reason) {
    guard("claim the tables of " + stages.project().name());
    return new Claims(stages.workspace()).take(reason);
  }

  @Override
  public Answer offsets(Target table) {
    return new OffsetAnswers(stages).of(table);
  }

  @Override
  public Answer ask(Question question) {
    if (question instanceof Question.Trace q) {
      return new Traces(stages, records, q.scope(), q.column()).back(q.of(), q.ref());
    }
    if (question instanceof Question.Impact q) {
      return new Traces(stages, records, q.scope(), q.column()).impact(q.of(), q.ref());
    }
    if (question instanceof Question.ImpactOfFile q) {
      return new Traces(stages, records, q.scope(), null).impact(q.file());
    }
    if (question instanceof Question.WhereRows q) {
      return new WhereRows(stages, records).of(q);
    }
    if (question instanceof Question.WhyRow q) {
      return new WhyRow(stages).of(q);
    }
    if (question instanceof Question.ModelDiff q) {
      return new ModelDiff(stages).of(q);
    }
    if (question instanceof Question.Connect q) {
      return new ConnectAnswers(stages.workspace()).of(q);
    }
    return new Whys(stages).of(((Question.Why) question).target());
  }

  @Override
  public Answer replay(Target model, @Nullable String ref, Progress progress) {
    return new Replay(stages.at(model)).of(model, ref, progress);
  }

  @Override
  public Answer dataset(DatasetTask task, Progress progress) {
    return new DatasetAnswers(stages.at(task.model()), task, progress).write();
  }

  @Override
  public Answer play(PlaySpec spec, PlaySpec.Watch watch) {
    return new Play(stages, spec).into(watch);
  }

  @Override
  public Answer runs(RunFilter filter) {
    return new RunAnswers(stages.workspace()).list(filter);
  }

  @Override
  public Answer run(String id) {
    return new RunAnswers(stages.workspace()).show(id);
  }

  @Override
  public Answer head(Target target, @Nullable String ref, int rows) {
    return new TableAnswers(stages).head(target, ref, rows);
  }

  @Override
  public Answer letters(Target table, LetterTask task, Progress progress) {
    if (task instanceof LetterTask.Replay replay) {
      filled(table, "replay letters of");
      changes(table, replay.dryRun() ? null : "replay letters of " + table.name());
      try (Chronicle chronicle = Chronicle.open(stages.workspace(), journal, records)) {
        return new LetterReplay(waiting(progress), chronicle, table)
            .replay(replay)
            .answer(table.name(), replay.dryRun());
      }
    }
    return new LetterAnswers(stages, table).of(task);
  }

  /** Refuses what is done with sources to a table that has none. */
  private void filled(Target target, String what) {
    DerivedDecl made = stages.project().derived().get(target.name());
    if (made != null) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot "
              + what
              + " "
              + made.name()
              + ": it is made of "
              + String.join(", ", made.from())
              + ".",
          "mend those, its declaration or its contract: headwater run "
              + made.name()
              + " makes its rows anew.");
    }
    if (target.kind() != Target.Kind.TABLE) {
      List<String> of = stages.project().needs(target).stream().map(Target::toString).toList();
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot " + what + " " + target.name() + ": it is made of " + String.join(", ", of) + ".",
          "mend those: headwater run " + target.name() + " makes its rows and its letters anew.");
    }
  }

  @Override
  public Answer backfill(
      Target table, Instant from, Instant to, boolean dryRun, Progress progress) {
    filled(table, "backfill");
    changes(table, dryRun ? null : "backfill " + table.name());
    runs.ready(List.of(table));
    try (Chronicle chronicle = Chronicle.open(stages.workspace(), journal, records)) {
      return new Backfill(waiting(progress).at(table), chronicle, table)
          .of(from, to, dryRun, (rows, of, doing) -> progress.advanced(table, rows, of, doing));
    }
  }

  @Override
  public Answer profile(Target target, @Nullable String ref, @Nullable String from, int top) {
    return new ProfileAnswers(new TableAnswers(stages)).of(target, ref, from, top);
  }

  @Override
  public Answer sketch(Target target, Progress progress) {
    return new SketchAnswers(stages, progress).refresh(target);
  }

  @Override
  public Answer table(Target target) {
    return new TableAnswers(stages).table(target);
  }

  @Override
  public Answer history(Target target, int limit) {
    return new TableAnswers(stages).history(target, limit);
  }

  @Override
  public Answer table(Target target, TableTask task, boolean dryRun, Progress progress) {
    String destroys = task.destroys();
    if (destroys != null && !dryRun) {
      guard(destroys + " of " + target.name());
    }
    if (!dryRun && !(task instanceof TableTask.Diff)) {
      new Claims(stages.workspace()).check(target);
    }
    try (Chronicle chronicle = Chronicle.open(stages.workspace(), journal, records)) {
      return new TableWork(waiting(progress), chronicle, progress).of(target, task, dryRun);
    }
  }

  @Override
  public Answer models() {
    return new ModelAnswers(stages).list();
  }

  @Override
  public Answer model(Target model, @Nullable String ref) {
    return new ModelAnswers(stages).show(model, ref);
  }

  @Override
  public Answer promote(Target model, String version, String alias) {
    guard("promote " + model.name() + "@" + version);
    return new ModelAnswers(stages).promote(model, version, alias);
  }

  @Override
  public Answer rollback(Target model, String alias) {
    guard("roll back " + model.name() + "@" + alias);
    return new ModelAnswers(stages).rollback(model, alias);
  }

  @Override
  public Answer driftWhy(Target monitor) {
    return new DriftAnswers(stages).why(monitor);
  }

  @Override
  public Answer lineageStatus() {
    return new OutboxAnswers(stages, journal).status();
  }

  @Override
  public Answer lineageFlush() {
    return new OutboxAnswers(stages, journal).flush();
  }

  @Override
  public Answer lineageParked(int limit) {
    return new OutboxAnswers(stages, journal).parked(limit);
  }

  @Override
  public Answer lineageRetry(@Nullable Long event) {
    return new OutboxAnswers(stages, journal).retry(event);
  }

  private Stages waiting(Progress progress) {
    return stages.waiting(options.patience(Duration.ZERO), progress);
  }

  /** Before a table is changed: whether it may be, and is ours. */
  private void changes(Target table, @Nullable String what) {
    if (what != null) {
      guard(what);
      new Claims(stages.workspace()).check(table);
    }
  }

  private void guard(String what) {
    Guard.check(stages.project(), what, options.confirmed());
  }

  @Override
  public void close() {
    stages.workspace().close();
  }

  /** Thrown where a question names what is not there. */
  static HeadwaterException nothing(String what, String fix) {
    return new HeadwaterException(HeadwaterException.Kind.USAGE, what, fix);
  }
}
