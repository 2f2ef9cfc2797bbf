package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.ExpressionException;
import dev.headwater.columns.expr.Pruning;
import dev.headwater.compact.CompactPlan;
import dev.headwater.compact.CompactRule;
import dev.headwater.compact.CompactTable;
import dev.headwater.pipelines.project.Sort;
import dev.headwater.pipelines.project.Target;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.ValidationException;
import org.jspecify.annotations.Nullable;

/** Compaction of a table, as a pipeline of its own. */
final class CompactAnswers {
  private final Stages stages;
  private final @Nullable Chronicle chronicle;
  private final Progress progress;
  private final TableAnswers answers;

  CompactAnswers(Stages stages, @Nullable Chronicle chronicle, Progress progress) {
    this.stages = stages;
    this.chronicle = chronicle;
    this.progress = progress;
    this.answers = new TableAnswers(stages);
  }

  Answer compact(Target target, TableTask.Compact task, boolean dryRun) {
    TableRef ref = answers.ref(target);
    Optional<CompactPlan> plan = plan(target, task);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("table", ref.toString());
    data.put("dry_run", dryRun);
    data.put("files", plan.map(CompactPlan::files).orElse(0));
    if (plan.isEmpty() || plan.get().isEmpty()) {
      return Answer.of(data, new Answer.Block.Line(ref.name() + ": no files are worth rewriting."));
    }
    if (dryRun) {
      data.put("rows", plan.get().rows());
      data.put("bytes", plan.get().bytes());
      data.put("groups", plan.get().size());
      data.put("expected_files", plan.get().expectedFiles());
      return Answer.of(
          data,
          new Answer.Block.Line(
              "%s: %s files of %s bytes, %s rows, would become about %s."
                  .formatted(
                      ref.name(),
                      Stages.grouped(plan.get().files()),
                      Stages.grouped(plan.get().bytes()),
                      Stages.grouped(plan.get().rows()),
                      Stages.grouped(plan.get().expectedFiles()))));
    }
    Optional<Committed> done = run(target, task);
    Committed committed = done.orElse(null);
    if (committed == null) {
      return Answer.of(
          data, new Answer.Block.Line(ref.name() + ": another compaction had done it."));
    }
    String before = committed.summary().getOrDefault(SnapshotSummary.DELETED_FILES_PROP, "0");
    String after = committed.summary().getOrDefault(SnapshotSummary.ADDED_FILES_PROP, "0");
    data.put("files", Long.parseLong(before));
    data.put("new_files", Long.parseLong(after));
    data.put("rows", TableOutput.figures(committed).get("rows_kept"));
    data.put("snapshot", committed.snapshotId());
    return Answer.of(
        data,
        new Answer.Block.Line(
            "%s: %s files became %s, %s."
                .formatted(ref.name(), before, after, TableOutput.where(committed))));
  }

  /** What would be rewritten now; empty for a table without a row. */
  Optional<CompactPlan> plan(Target target, TableTask.Compact task) {
    TableRef ref = answers.ref(target);
    Table table = answers.load(ref, target);
    CompactRule rule = rule(table, task);
    return Optional.ofNullable(table.currentSnapshot())
        .map(current -> plan(ref, table, current.snapshotId(), rule));
  }

  private Optional<Committed> run(Target target, TableTask.Compact task) {
    Upkeep upkeep = new Upkeep(stages, chronicle, "compact", target);
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("sort", String.join(", ", task.sort()));
    parameters.put("where", task.where() == null ? "" : task.where());
    return upkeep.locked(
        lock ->
            upkeep.recorded(
                parameters,
                begun -> {
                  TableRef ref = upkeep.ref();
                  Table table = stages.workspace().catalog(ref).load(ref);
                  CompactRule rule = rule(table, task);
                  String pinned = begun.run().inputs().get(0).version();
                  if (pinned.isEmpty()) {
                    return Optional.empty();
                  }
                  CompactPlan plan = plan(ref, table, Long.parseLong(pinned), rule);
                  if (plan.isEmpty()) {
                    return Optional.empty();
                  }
                  lock.check();
                  progress.started(target, "compacting " + plan.files() + " files");
                  work(target, ref, table, rule, plan, begun);
                  return Committer.find(
                      ref, stages.workspace().catalog(ref).load(ref), begun.token());
                }));
  }

  private void work(
      Target target,
      TableRef ref,
      Table table,
      CompactRule rule,
      CompactPlan plan,
      Upkeep.Begun begun) {
    Path scratch = stages.workspace().scratch(begun.run().id());
    Pipeline pipeline =
        Pipeline.create(
            stages
                .engine()
                .options(
                    stages.project().name()
                        + "-compact-"
                        + target.name()
                        + "-"
                        + begun.run().id()));
    pipeline.apply(
        "compact",
        CompactTable.of(
                plan,
                table,
                rule,
                stages.workspace().catalog(ref).config(),
                begun.token(),
                begun.summary())
            .spill(scratch.toString(), stages.engine().workers()));
    try {
      stages
          .engine()
          .run(
              pipeline,
              "compact",
              (rows, doing) -> progress.advanced(target, rows, Math.max(rows, plan.rows()), doing));
    } finally {
      Workspace.delete(scratch);
    }
  }

  private static CompactPlan plan(TableRef ref, Table table, long snapshot, CompactRule rule) {
    return CompactPlan.of(table, new SnapshotRef(ref, table.uuid(), snapshot), rule);
  }

  private static CompactRule rule(Table table, TableTask.Compact task) {
    SortOrder order = task.sort().isEmpty() ? table.sortOrder() : order(table, task.sort());
    return new CompactRule(
        where(table, task.where()),
        order,
        !task.sort().isEmpty(),
        task.targetBytes(),
        task.minFiles());
  }

  private static org.apache.iceberg.expressions.@Nullable Expression where(
      Table table, @Nullable String sql) {
    if (sql == null) {
      return null;
    }
    try {
      return Pruning.of(Expression.parse(sql, table.schema()));
    } catch (ExpressionException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot read --where: " + e.getMessage() + ".",
          "see docs/expressions.md.",
          e);
    }
  }

  private static SortOrder order(Table table, List<String> fields) {
    try {
      SortOrder order = Sort.order(table.schema(), fields.stream().map(Sort::parse).toList());
      // The table's own order by another spelling: then files say that they have it.
      return order.sameOrder(table.sortOrder()) ? table.sortOrder() : order;
    } catch (IllegalArgumentException | ValidationException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot sort by " + String.join(", ", fields) + ": " + e.getMessage() + ".",
          "write columns of the table: --sort \"day(time) desc, origin\".",
          e);
    }
  }
}
