package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Run;
import dev.headwater.lineage.RunFacts;
import dev.headwater.lineage.Trace;
import dev.headwater.pipelines.project.Problem;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectException;
import dev.headwater.pipelines.project.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A project on an engine: brings its targets up to date, and answers questions about it. */
public final class ProjectLauncher implements Launcher {
  static final String VERSION = "0.1.0";

  private final Project project;
  private final LaunchOptions options;
  private final Stages stages;
  private final RunRecords records;
  private final RegistryJournal journal;
  private final Answers answers;

  private ProjectLauncher(
      Project project, LaunchOptions options, Engine engine, Workspace workspace) {
    this.project = project;
    this.options = options;
    this.stages = new Stages(workspace, engine, options.again(), null);
    this.records = new RunRecords(workspace, run -> facts(engine, run));
    this.journal =
        new RegistryJournal(workspace.registry().journal(), workspace.registry().locks());
    this.answers = new Answers(stages, journal);
  }

  /** What computed a run. */
  private static RunFacts.Engine facts(Engine engine, Run run) {
    String cluster = run.parameters().get(TopicEdge.CLUSTER);
    Engine there = cluster == null ? engine : engine.on(cluster);
    return new RunFacts.Engine(there.name(), there.version(), VERSION);
  }

  public static ProjectLauncher open(Project project, LaunchOptions options, Engine engine) {
    return new ProjectLauncher(project, options, engine, Workspace.open(project));
  }

  @Override
  public RunReport run(List<Target> targets, boolean force, Progress progress) {
    check();
    ready(targets);
    RunReport.Header header = header();
    progress.began(header);
    List<StageResult> results = new ArrayList<>();
    List<UpkeepStep> upkeep = new ArrayList<>();
    Set<Target> failed = new HashSet<>();
    try (Chronicle chronicle = Chronicle.open(stages.workspace(), journal, records);
        WholeRun whole = WholeRun.of(stages.workspace(), chronicle, VERSION)) {
      whole.closeAbandoned();
      Stages together = stages.together();
      for (Target target : targets) {
        Optional<Target> needed =
            project.needs(target).stream().filter(failed::contains).findFirst();
        StageResult result;
        if (needed.isPresent()) {
          result = StageResult.skipped(target, needed.get());
        } else {
          // Its record is written with the first stage that has something to do.
          Stages there = together.at(target);
          Turn turn =
              new Turn(there, chronicle, progress, options.patient(), whole.id(), whole::begin);
          result = turn(turn, there, target, force);
          together.wrote(target.name());
        }
        if (result.status() != StageResult.Status.DONE
            && result.status() != StageResult.Status.FRESH) {
          failed.add(target);
        }
        results.add(result);
        progress.ended(result);
        if (!failed.contains(target)) {
          upkeep.addAll(new Maintenance(stages.at(target)).work(target, chronicle, progress));
        }
      }
      whole.end(results);
    }
    return new RunReport(header, results, upkeep, trace(targets), next(targets, failed));
  }

  @Override
  public RunReport stream(Target table, BooleanSupplier stopped, Progress progress) {
    check();
    ready(List.of(table));
    Stages there = stages.at(table);
    RunReport.Header header = header();
    progress.began(header);
    StageResult result;
    try (Chronicle chronicle = Chronicle.open(stages.workspace(), journal, records);
        WholeRun whole = WholeRun.of(stages.workspace(), chronicle, VERSION)) {
      whole.closeAbandoned();
      whole.begin();
      long began = System.nanoTime();
      try {
        TopicJob job = new TopicJob(there, table);
        result = new StreamTurn(there, chronicle, progress, whole.id()).take(job, stopped);
      } catch (SentException e) {
        result = StageResult.sent(table, (System.nanoTime() - began) / 1e9, e.what());
      } catch (RuntimeException e) {
        RuntimeException told = Failure.of(e, "stream " + table, stages.workspace().home());
        result = StageResult.failed(table, (System.nanoTime() - began) / 1e9, told);
      }
      progress.ended(result);
      whole.end(List.of(result));
    }
    return new RunReport(header, List.of(result), List.of(), List.of(), List.of());
  }

  @Override
  public Answer offsets(Target table) {
    return new OffsetAnswers(stages).of(table);
  }

  /** Looks at all places where something would run, before anything does. */
  private void ready(List<Target> targets) {
    CatalogConfig catalog = stages.workspace().catalog().config();
    targets.stream().map(stages.engine()::at).distinct().forEach(engine -> engine.check(catalog));
  }

  private StageResult turn(Turn turn, Stages there, Target target, boolean force) {
    long began = System.nanoTime();
    try {
      return turn.take(there.job(target), force);
    } catch (SentException e) {
      return StageResult.sent(target, (System.nanoTime() - began) / 1e9, e.what());
    } catch (RuntimeException e) {
      RuntimeException told = Failure.of(e, "run " + target, stages.workspace().home());
      return StageResult.failed(target, (System.nanoTime() - began) / 1e9, told);
    }
  }

  @Override
  public PlanReport plan(List<Target> targets) {
    check();
    List<PlanReport.Step> steps = new Plan(stages).of(targets);
    List<UpkeepStep> upkeep = new ArrayList<>();
    targets.forEach(target -> upkeep.addAll(new Maintenance(stages).due(target)));
    return new PlanReport(header(), steps, upkeep);
  }

  /** All that the columns of tables and files show to be wrong in the project, at once. */
  private void check() {
    Schemas schemas = new Schemas(stages);
    List<Problem> problems = new ArrayList<>(project.check(schemas.known()));
    problems.addAll(schemas.problems());
    if (!problems.isEmpty()) {
      throw new ProjectException(project.origin().file(), problems);
    }
  }

  private RunReport.Header header() {
    return new RunReport.Header(
        project.name(), options.environment(), stages.engine().name(), stages.engine().workers());
  }

  /** The models' ways back, a line each; a trace that can't be told doesn't fail a run. */
  private List<String> trace(List<Target> targets) {
    List<String> lines = new ArrayList<>();
    RegistryFacts facts = new RegistryFacts(stages.workspace(), records, false);
    for (Target target : targets) {
      if (target.kind() == Target.Kind.MODEL && !facts.versions(target.name()).isEmpty()) {
        lines.add(Trace.back(facts, Trace.find(facts, target.name())).line());
      }
    }
    return lines;
  }

  private static List<String> next(List<Target> targets, Set<Target> failed) {
    List<String> next = new ArrayList<>();
    for (Target target : targets) {
      if (failed.contains(target)) {
        continue;
      }
      switch (target.kind()) {
        case MODEL -> {
          next.add("headwater model show " + target.name());
          next.add("headwater trace " + target.name());
        }
        case MONITOR -> next.add("headwater drift why " + target.name());
        default -> {}
      }
    }
    return next;
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
    if (question instanceof Question.ModelDiff q) {
      return new ModelDiff(stages).of(q);
    }
    return new Whys(stages).of(((Question.Why) question).target());
  }

  @Override
  public Answer replay(Target model, @Nullable String ref, Progress progress) {
    return new Replay(stages.at(model)).of(model, ref, progress);
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
  public Answer letters(Target table, LetterTask task) {
    if (task instanceof LetterTask.Replay replay) {
      try (Chronicle chronicle = Chronicle.open(stages.workspace(), journal, records)) {
        return new LetterReplay(stages, chronicle, table)
            .replay(replay)
            .answer(table.name(), replay.dryRun());
      }
    }
    return new LetterAnswers(stages, table).of(task);
  }

  @Override
  public Answer backfill(
      Target table, Instant from, Instant to, boolean dryRun, Progress progress) {
    check();
    ready(List.of(table));
    try (Chronicle chronicle = Chronicle.open(stages.workspace(), journal, records)) {
      return new Backfill(stages.at(table), chronicle, table)
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
    try (Chronicle chronicle = Chronicle.open(stages.workspace(), journal, records)) {
      return new TableWork(stages, chronicle, progress).of(target, task, dryRun);
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
    return new ModelAnswers(stages).promote(model, version, alias);
  }

  @Override
  public Answer rollback(Target model, String alias) {
    return new ModelAnswers(stages).rollback(model, alias);
  }

  @Override
  public Answer driftWhy(Target monitor) {
    return new DriftAnswers(stages).why(monitor);
  }

  @Override
  public Answer lineageStatus() {
    return answers.lineageStatus();
  }

  @Override
  public Answer lineageFlush() {
    return answers.lineageFlush();
  }

  @Override
  public Answer lineageParked(int limit) {
    return answers.lineageParked(limit);
  }

  @Override
  public Answer lineageRetry(@Nullable Long event) {
    return answers.lineageRetry(event);
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
