package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.DatasetTask;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.LetterTask;
import dev.headwater.pipelines.PlanReport;
import dev.headwater.pipelines.PlaySpec;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.Question;
import dev.headwater.pipelines.RunFilter;
import dev.headwater.pipelines.RunReport;
import dev.headwater.pipelines.StageResult;
import dev.headwater.pipelines.TableTask;
import dev.headwater.pipelines.project.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A launcher that says what it was asked; a run fails at the target of one name, if it has one. */
final class FakeLauncher implements Launcher {
  static final RunReport.Header HEADER = new RunReport.Header("flights", "dev", "DirectRunner", 2);

  final List<String> asked = new ArrayList<>();
  @Nullable Throwable failure;
  boolean stale;

  /** Rounds after which the command is told to end. */
  int rounds = Integer.MAX_VALUE;

  @Override
  public RunReport run(List<Target> targets, boolean force, Progress progress) {
    asked.add("run " + targets + (force ? " force" : ""));
    round();
    progress.began(HEADER);
    List<StageResult> results = new ArrayList<>();
    for (Target target : targets) {
      StageResult result =
          failure != null
              ? StageResult.failed(target, 0.5, failure)
              : StageResult.fresh(target, "since yesterday", "");
      progress.ended(result);
      results.add(result);
    }
    return new RunReport(HEADER, results, List.of(), List.of(), List.of("headwater trace late"));
  }

  @Override
  public RunReport stream(Target table, BooleanSupplier stopped, Progress progress) {
    asked.add("stream " + table);
    return new RunReport(HEADER, List.of(), List.of(), List.of(), List.of());
  }

  @Override
  public Answer claim(String reason) {
    asked.add("claim " + reason);
    return Answer.of(Map.of());
  }

  @Override
  public RunReport watch(String job, BooleanSupplier stopped, Progress progress) {
    asked.add("watch " + job);
    return new RunReport(HEADER, List.of(), List.of(), List.of(), List.of());
  }

  @Override
  public Answer adopt(Target target, String reason) {
    return answer("adopt " + target + " " + reason);
  }

  @Override
  public Answer offsets(Target table) {
    return answer("offsets " + table);
  }

  @Override
  public PlanReport plan(List<Target> targets) {
    round();
    return new PlanReport(
        HEADER,
        targets.stream().map(t -> new PlanReport.Step(t, stale, "first run")).toList(),
        List.of());
  }

  private void round() {
    if (--rounds == 0) {
      Thread.currentThread().interrupt();
    }
  }

  private Answer answer(String question) {
    asked.add(question);
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    return Answer.of(
        Map.of("asked", question),
        new Answer.Block.Line("asked " + question),
        new Answer.Block.Graph("digraph {}", () -> "<html>"));
  }

  @Override
  public Answer ask(Question question) {
    if (question instanceof Question.Trace q) {
      return answer("trace " + q.of() + " " + q.ref() + rest(q.column(), q.scope()));
    }
    if (question instanceof Question.Impact q) {
      return answer("impact " + q.of() + " " + q.ref() + rest(q.column(), q.scope()));
    }
    if (question instanceof Question.ImpactOfFile q) {
      return answer("impact of file " + q.file() + rest(null, q.scope()));
    }
    return answer(question.toString());
  }

  private static String rest(@Nullable String column, Question.Scope scope) {
    return (column == null ? "" : " column " + column)
        + (scope.columns() ? " columns" : "")
        + (scope.asOf() == null ? "" : " as of " + scope.asOf());
  }

  @Override
  public Answer replay(Target model, @Nullable String ref, Progress progress) {
    progress.began(HEADER);
    Answer answer = answer("replay " + model + " " + ref);
    return new Answer(answer.blocks(), answer.data(), 1);
  }

  @Override
  public Answer dataset(DatasetTask task, Progress progress) {
    return answer("dataset " + task.model() + " " + task.ref() + " " + task.wanted());
  }

  @Override
  public Answer play(PlaySpec spec, PlaySpec.Watch watch) {
    return answer("play " + spec);
  }

  @Override
  public Answer runs(RunFilter filter) {
    return answer("runs " + filter);
  }

  @Override
  public Answer run(String id) {
    return answer("run " + id);
  }

  @Override
  public Answer head(Target target, @Nullable String ref, int rows) {
    return answer("head " + target + " " + ref + " " + rows);
  }

  @Override
  public Answer backfill(
      Target table, Instant from, Instant to, boolean dryRun, Progress progress) {
    return answer("backfill " + table + " " + from + " " + to + " " + dryRun);
  }

  @Override
  public Answer letters(Target table, LetterTask task, Progress progress) {
    return answer("letters " + table + " " + task);
  }

  @Override
  public Answer profile(Target target, @Nullable String ref, @Nullable String from, int top) {
    return answer("profile " + target + " " + ref + " " + from + " " + top);
  }

  @Override
  public Answer sketch(Target target, Progress progress) {
    return answer("sketch " + target);
  }

  @Override
  public Answer table(Target target) {
    return answer("table " + target);
  }

  @Override
  public Answer history(Target target, int limit) {
    return answer("history " + target + " " + limit);
  }

  @Override
  public Answer table(Target target, TableTask task, boolean dryRun, Progress progress) {
    return answer((dryRun ? "would " : "") + task + " of " + target);
  }

  @Override
  public Answer models() {
    return answer("models");
  }

  @Override
  public Answer model(Target model, @Nullable String ref) {
    return answer("model " + model + " " + ref);
  }

  @Override
  public Answer promote(Target model, String version, String alias) {
    return answer("promote " + model + " " + version + " " + alias);
  }

  @Override
  public Answer rollback(Target model, String alias) {
    return answer("rollback " + model + " " + alias);
  }

  @Override
  public Answer driftWhy(Target monitor) {
    return answer("drift " + monitor);
  }

  @Override
  public Answer lineageStatus() {
    return answer("lineage status");
  }

  @Override
  public Answer lineageFlush() {
    return answer("lineage flush");
  }

  @Override
  public Answer lineageParked(int limit) {
    return answer("lineage parked " + limit);
  }

  @Override
  public Answer lineageRetry(@Nullable Long event) {
    return answer("lineage retry " + event);
  }

  @Override
  public void close() {}

  static HeadwaterException unreachable() {
    return new HeadwaterException(
        HeadwaterException.Kind.UNREACHABLE, "The catalog is locked.", "wait for the other run.");
  }
}
