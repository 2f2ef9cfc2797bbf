package dev.headwater.pipelines;

import dev.headwater.pipelines.project.Target;
import org.jspecify.annotations.Nullable;

/** What is done to a table besides running its target. */
final class TableWork {
  private final Stages stages;
  private final @Nullable Chronicle chronicle;
  private final Progress progress;

  TableWork(Stages stages, @Nullable Chronicle chronicle, Progress progress) {
    this.stages = stages;
    this.chronicle = chronicle;
    this.progress = progress;
  }

  Answer of(Target target, TableTask task, boolean dryRun) {
    if (!dryRun && !(task instanceof TableTask.Diff)) {
      stages
          .workspace()
          .catalog(stages.workspace().table(target.name()))
          .checkWritable("change table " + target.name());
    }
    UpkeepAnswers upkeep = new UpkeepAnswers(stages, chronicle);
    TableTasks tasks = new TableTasks(stages);
    if (task instanceof TableTask.Diff diff) {
      return new DiffAnswers(stages).diff(target, diff);
    }
    if (task instanceof TableTask.Tag tag) {
      return tasks.tag(target, tag, dryRun);
    }
    if (task instanceof TableTask.Branch branch) {
      return tasks.branch(target, branch, dryRun);
    }
    if (task instanceof TableTask.Rollback rollback) {
      return tasks.rollback(target, rollback, dryRun);
    }
    if (task instanceof TableTask.Compact compact) {
      stages.engine().check(stages.workspace().catalog().config());
      return new CompactAnswers(stages, chronicle, progress).compact(target, compact, dryRun);
    }
    if (task instanceof TableTask.Expire expire) {
      return upkeep.expire(target, expire, dryRun);
    }
    if (task instanceof TableTask.Orphans orphans) {
      return upkeep.orphans(target, orphans, dryRun);
    }
    if (task instanceof TableTask.Delete delete) {
      return new RemoveAnswers(stages).remove(target, delete.where(), dryRun);
    }
    if (task instanceof TableTask.Settle) {
      return new Settling(stages, target).settle(dryRun);
    }
    return upkeep.manifests(target, dryRun);
  }
}
