package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.registry.Run;
import dev.headwater.lineage.Trace;
import dev.headwater.pipelines.project.Problem;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectException;
import dev.headwater.pipelines.project.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** Brings a project's targets up to date, or one that follows a topic. */
final class ProjectRun {
  private final Project project;
  private final Stages stages;
  private final LaunchOptions options;
  private final RunRecords records;
  private final RegistryJournal journal;

  ProjectRun(Stages stages, LaunchOptions options, RunRecords records, RegistryJournal journal) {
    this.project = stages.project();
    this.stages = stages;
    this.options = options;
    this.records = records;
    this.journal = journal;
  }

  /** As {@link Launcher#run} has it. */
  RunReport run(List<Target> targets, boolean force, Progress progress) {
    Stages reading = stages.deferring(options.defer(), targets);
    List<Target> made = targets.stream().filter(t -> !reading.deferral().covers(t)).toList();
    ready(reading, made);
    RunReport.Header header = header();
    progress.began(header);
    List<StageResult> results;
    Map<Target, List<UpkeepStep>> upkeep = new ConcurrentHashMap<>();
    try (Chronicle chronicle = chronicle();
        WholeRun whole = WholeRun.of(stages.workspace(), chronicle, ProjectLauncher.VERSION)) {
      whole.closeAbandoned();
      Stages together = reading.together();
      Function<Target, StageResult> work =
          target -> {
            Optional<String> left = reading.deferral().left(target);
            if (left.isPresent()) {
              StageResult as = StageResult.fresh(target, left.get(), "");
              progress.ended(as);
              return as;
            }
            // Its record is written with the first stage that has something to do.
            Stages there = together.at(target);
            Stages waiting = there.waiting(options.patience(LaunchOptions.FOREVER), progress);
            Turn turn = new Turn(waiting, chronicle, progress, whole.id(), whole::begin);
            StageResult result =
                result(target, "run", () -> turn.take(there.job(target), force))
                    .noting(reading.deferral().read(project, target));
            together.wrote(target.name());
            progress.ended(result);
            if (result.isGood()) {
              upkeep.put(
                  target, new Maintenance(stages.at(target)).work(target, chronicle, progress));
            }
            return result;
          };
      Parallel parallel = options.parallel();
      Room room = Room.of(stages, parallel);
      results =
          new SideBySide(project, room, parallel.targets(), work, progress::ended).run(targets);
      whole.end(results);
    }
    List<Target> good =
        results.stream()
            .filter(StageResult::isGood)
            .map(StageResult::target)
            .filter(made::contains)
            .toList();
    return new RunReport(
        header,
        results,
        targets.stream().flatMap(t -> upkeep.getOrDefault(t, List.of()).stream()).toList(),
        trace(targets),
        next(good));
  }

  /** As {@link Launcher#stream} has it. */
  RunReport stream(Target table, BooleanSupplier stopped, Progress progress) {
    ready(List.of(table));
    Stages there = stages.at(table);
    RunReport.Header header = header();
    progress.began(header);
    StageResult result;
    try (Chronicle chronicle = Chronicle.open(stages.workspace(), journal, records);
        WholeRun whole = WholeRun.of(stages.workspace(), chronicle, ProjectLauncher.VERSION)) {
      whole.closeAbandoned();
      whole.begin();
      StreamTurn turn = new StreamTurn(there, chronicle, progress, whole.id());
      result = result(table, "stream", () -> turn.take(new TopicJob(there, table), stopped));
      progress.ended(result);
      whole.end(List.of(result));
    }
    return new RunReport(header, List.of(result), List.of(), List.of(), List.of());
  }

  /** As {@link Launcher#watch} has it. */
  RunReport watch(String job, BooleanSupplier stopped, Progress progress) {
    Run sent = new SentRuns(stages).find(job);
    Engine there = stages.engine().on(SentRuns.cluster(sent));
    RunReport.Header header =
        new RunReport.Header(project.name(), project.environment().name(), there.name(), 0);
    progress.began(header);
    StageResult result;
    try (Chronicle chronicle = Chronicle.open(stages.workspace(), journal, records)) {
      SentWork work =
          new SentWork(new Stages(stages.workspace(), there), chronicle, progress, stopped);
      result = result(project.target(sent.target()), "watch", () -> work.watch(sent));
      progress.ended(result);
    }
    return new RunReport(header, List.of(result), List.of(), List.of(), List.of());
  }

  private Chronicle chronicle() {
    return options.told()
        ? Chronicle.open(stages.workspace(), journal, records)
        : Chronicle.silent(stages.workspace(), journal, records);
  }

  /** What came of a target's work, whatever came of it. */
  private StageResult result(Target target, String doing, Supplier<StageResult> work) {
    long began = System.nanoTime();
    try {
      return work.get();
    } catch (SentException e) {
      return StageResult.sent(target, (System.nanoTime() - began) / 1e9, e.what());
    } catch (RuntimeException e) {
      RuntimeException told = Failure.of(e, doing + " " + target, stages.workspace().home());
      return StageResult.failed(target, (System.nanoTime() - began) / 1e9, told);
    }
  }

  /** As {@link Launcher#plan} has it. */
  PlanReport plan(List<Target> targets) {
    Stages reading = stages.deferring(options.defer(), targets);
    check(reading);
    List<PlanReport.Step> steps = new Plan(reading).of(targets);
    List<UpkeepStep> upkeep = new ArrayList<>();
    targets.forEach(target -> upkeep.addAll(new Maintenance(stages).due(target)));
    return new PlanReport(header(), steps, upkeep);
  }

  /** Looks at the project, and at all places where something would run, before anything does. */
  void ready(List<Target> targets) {
    ready(stages, targets);
  }

  private static void ready(Stages stages, List<Target> targets) {
    check(stages);
    CatalogConfig catalog = stages.workspace().catalog().config();
    targets.stream().map(stages.engine()::at).distinct().forEach(engine -> engine.check(catalog));
  }

  /** All that the columns of tables and files show to be wrong in the project, at once. */
  private static void check(Stages stages) {
    Project project = stages.project();
    Schemas schemas = new Schemas(stages);
    List<Problem> problems = new ArrayList<>(project.check(schemas.known()));
    problems.addAll(schemas.problems());
    if (!problems.isEmpty()) {
      throw new ProjectException(project.origin().file(), problems);
    }
  }

  private RunReport.Header header() {
    return new RunReport.Header(
        project.name(),
        project.environment().name(),
        stages.engine().name(),
        stages.engine().workers());
  }

  /** The models' ways back, a line each; a trace that can't be told doesn't fail a run. */
  private List<String> trace(List<Target> targets) {
    List<String> lines = new ArrayList<>();
    RegistryFacts facts = new RegistryFacts(stages.workspace(), records, false);
    for (Target target : targets) {
      if (target.kind() == Target.Kind.MODEL && facts.newest(target.name(), null).isPresent()) {
        lines.add(Trace.back(facts, Trace.find(facts, target.name())).line());
      }
    }
    return lines;
  }

  private static List<String> next(List<Target> good) {
    List<String> next = new ArrayList<>();
    for (Target target : good) {
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
}
