package dev.headwater.pipelines;

import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.maintain.Manifests;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.Maintain;
import dev.headwater.pipelines.project.Target;
import dev.headwater.validate.Letters;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the project file asks to be done to tables after their targets' runs, where it is due. No
 * step changes a row; one that fails fails nothing else.
 */
final class Maintenance {
  private static final Duration ORPHANS_EVERY = Duration.ofDays(1);

  private final Stages stages;

  Maintenance(Stages stages) {
    this.stages = stages;
  }

  /** What is due to a target's table and to its letters; only looks. */
  List<UpkeepStep> due(Target target) {
    List<UpkeepStep> due = new ArrayList<>();
    steps(target)
        .forEach(
            (step, task) -> {
              for (Target table : tables(target)) {
                why(table, step, task)
                    .ifPresent(
                        why -> due.add(new UpkeepStep(target, table.name(), step, why, 0, null)));
              }
            });
    return due;
  }

  /** Does what is due. */
  List<UpkeepStep> work(Target target, Chronicle chronicle, Progress progress) {
    List<UpkeepStep> done = new ArrayList<>();
    steps(target)
        .forEach(
            (step, task) -> {
              for (Target table : tables(target)) {
                work(target, table, step, task, chronicle).ifPresent(done::add);
              }
            });
    done.forEach(progress::upkept);
    return done;
  }

  private Optional<UpkeepStep> work(
      Target target, Target table, String step, TableTask task, Chronicle chronicle) {
    long began = System.nanoTime();
    try {
      if (why(table, step, task).isEmpty()) {
        return Optional.empty();
      }
      Answer answer = new TableWork(stages, chronicle, Progress.NONE).of(table, task, false);
      return Optional.of(
          new UpkeepStep(target, table.name(), step, last(answer), seconds(began), null));
    } catch (RuntimeException e) {
      RuntimeException told = Failure.of(e, step + " " + table.name(), stages.workspace().home());
      return Optional.of(
          new UpkeepStep(target, table.name(), step, "failed", seconds(began), told));
    }
  }

  /** The table, and its letters where there are any. */
  private List<Target> tables(Target target) {
    List<Target> tables = new ArrayList<>();
    TableRef ref = stages.workspace().table(target.name());
    for (TableRef each : List.of(ref, Letters.of(ref))) {
      if (stages.workspace().catalog(each).find(each).isPresent()) {
        tables.add(new Target(target.kind(), each.name()));
      }
    }
    return tables;
  }

  /** In this order: what a step leaves, the next ones tidy. */
  private Map<String, TableTask> steps(Target target) {
    Map<String, TableTask> steps = new LinkedHashMap<>();
    if (target.kind() == Target.Kind.MODEL) {
      return steps;
    }
    steps.put("settings", new TableTask.Settle());
    Maintain maintain = stages.project().keep(target.name()).maintain();
    Maintain.Compact compact = maintain.compact();
    if (compact != null) {
      steps.put(
          "compact",
          new TableTask.Compact(
              compact.where(), List.of(), compact.targetBytes(), compact.minFiles()));
    }
    if (maintain.manifests()) {
      steps.put("manifests", new TableTask.Manifests());
    }
    Maintain.Expire expire = maintain.expire();
    if (expire != null) {
      steps.put("expire", new TableTask.Expire(expire.olderThan(), expire.keep()));
    }
    if (maintain.orphans() != null) {
      steps.put("orphans", new TableTask.Orphans(maintain.orphans()));
    }
    return steps;
  }

  /** Why a step is due; empty if it is not. */
  private Optional<String> why(Target table, String step, TableTask task) {
    if (task instanceof TableTask.Compact compact) {
      return new CompactAnswers(stages, null, Progress.NONE)
          .plan(table, compact)
          .filter(plan -> !plan.isEmpty())
          .map(
              plan ->
                  Stages.grouped(plan.files())
                      + " files of "
                      + size(plan.bytes() / plan.files())
                      + " on average");
    }
    if (task instanceof TableTask.Settle) {
      List<String> lacking = new Settling(stages, table).lacking();
      return lacking.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", lacking));
    }
    if (task instanceof TableTask.Expire expire) {
      int old = new UpkeepAnswers(stages, null).plan(table, expire).snapshots().size();
      return old == 0 ? Optional.empty() : Optional.of(Stages.grouped(old) + " old snapshots");
    }
    if (task instanceof TableTask.Manifests) {
      TableRef ref = stages.workspace().table(table.name());
      var catalog = stages.workspace().catalog(ref);
      Manifests.Count count = new Manifests(catalog, new Committer(catalog)).count(ref);
      return count.isTooMany()
          ? Optional.of(count.manifests() + " manifests, " + count.few() + " would do")
          : Optional.empty();
    }
    Optional<Run> last =
        stages
            .workspace()
            .registry()
            .runs()
            .lastSucceeded(stages.project().name(), step + "/" + table.name());
    if (last.isEmpty()) {
      return Optional.of("never looked for");
    }
    Instant ended = Objects.requireNonNullElse(last.get().ended(), Instant.EPOCH);
    return Duration.between(ended, Instant.now()).compareTo(ORPHANS_EVERY) < 0
        ? Optional.empty()
        : Optional.of("last looked for at " + ended);
  }

  private static String last(Answer answer) {
    String text = "";
    for (Answer.Block block : answer.blocks()) {
      if (block instanceof Answer.Block.Line line) {
        text = line.text();
      }
    }
    return text;
  }

  private static String size(long bytes) {
    return bytes < 1 << 10
        ? bytes + " bytes"
        : bytes < 1 << 20 ? (bytes >> 10) + " KB" : (bytes >> 20) + " MB";
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
