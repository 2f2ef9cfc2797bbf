package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Edit;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.registry.Locks;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.ExpressionException;
import dev.headwater.pipelines.project.Target;
import dev.headwater.table.CommitTable;
import dev.headwater.upsert.RemoveRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;

/** Rows that go out of a table by a condition. */
final class RemoveAnswers {
  private static final String STAGE = "delete";

  private final Stages stages;

  RemoveAnswers(Stages stages) {
    this.stages = stages;
  }

  /**
   * Removes the rows for which a condition is true, in one commit.
   *
   * @param where SQL over the table's columns
   * @param dryRun only counts them
   */
  Answer remove(Target target, String where, boolean dryRun) {
    if (target.kind() != Target.Kind.TABLE) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot delete rows of " + target + ": it is computed, and would be again.",
          "delete them from the table that it is computed from.");
    }
    TableRef ref = stages.workspace().table(target.name());
    Table table = stages.workspace().catalog(ref).load(ref);
    Expression condition = condition(table, where);
    if (dryRun) {
      return counted(ref, table, condition);
    }
    Optional<Committed> done;
    try (Locks.Lock lock =
        stages.locks().take(target, target.toString(), "delete rows of " + target.name())) {
      lock.check();
      Token token =
          Token.ofRun(
              STAGE + "." + target.name(),
              UUID.randomUUID().toString(),
              List.of(condition.canonical()));
      Recompute.whileMoving(
          stages.workspace().catalog(ref),
          ref,
          token.run(),
          () -> remove(target, ref, condition, token));
      done = Committer.find(ref, stages.workspace().catalog(ref).load(ref), token);
    }
    return done.map(committed -> removed(ref, committed)).orElseGet(() -> none(ref));
  }

  private void remove(Target target, TableRef ref, Expression where, Token token) {
    Table now = stages.workspace().catalog(ref).load(ref);
    Change change =
        Change.of(ref, Edit.Rewrite.of(now), token, List.of())
            .summary(
                Map.of(
                    SummaryKeys.RUN,
                    token.run(),
                    SummaryKeys.STAGE,
                    STAGE,
                    SummaryKeys.TARGET,
                    target.toString(),
                    SummaryKeys.FACT + "where",
                    where.canonical()));
    Pipeline pipeline = stages.pipeline(target, UUID.randomUUID().toString());
    pipeline
        .apply("delete", new RemoveRows(now, now, where, token.sink(), token.run()))
        .apply("delete commit", CommitTable.of(stages.workspace().catalog(ref).config(), change));
    stages.engine().run(pipeline, STAGE, Engine.Watch.NONE);
  }

  private static Expression condition(Table table, String where) {
    Expression condition;
    try {
      condition = Expression.parse(where, table.schema());
    } catch (ExpressionException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot delete by `" + where + "`: " + e.getMessage() + ".",
          "see `headwater table show` for the columns.",
          e);
    }
    if (condition.type().typeId() != Type.TypeID.BOOLEAN) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot delete by `" + where + "`: it is " + condition.type() + ", not true or false.",
          "write a condition: \"delay > 15\".");
    }
    return condition;
  }

  private Answer counted(TableRef ref, Table table, Expression condition) {
    RemoveRows.Count count;
    try {
      count = RemoveRows.count(table, condition);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (count.rows() == 0) {
      return none(ref);
    }
    return answer(
        ref,
        "Would delete "
            + Stages.grouped(count.rows())
            + " rows of "
            + ref.name()
            + " in "
            + count.files()
            + " files, "
            + count.rewritten()
            + " of them written again without these rows.",
        count.rows(),
        count.files(),
        true);
  }

  private Answer removed(TableRef ref, Committed done) {
    long rows = TableOutput.count(done, SummaryKeys.FACT + "rows_dropped");
    long files = TableOutput.count(done, SummaryKeys.FACT + "files_rewritten");
    return answer(
        ref,
        "Deleted "
            + Stages.grouped(rows)
            + " rows of "
            + ref.name()
            + " in "
            + files
            + " files: "
            + TableOutput.where(done)
            + ". Older snapshots still have them until they expire.",
        rows,
        files,
        false);
  }

  private Answer none(TableRef ref) {
    return answer(ref, "No row of " + ref.name() + " matches; nothing changes.", 0, 0, false);
  }

  private Answer answer(TableRef ref, String line, long rows, long files, boolean dryRun) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("table", ref.toString());
    data.put("rows", rows);
    data.put("files", files);
    data.put("dry_run", dryRun);
    List<Answer.Block> blocks = new ArrayList<>();
    blocks.add(new Answer.Block.Line(line));
    var declared = stages.project().tables().get(ref.name());
    if (rows > 0 && declared != null && !declared.write().mode().keeps()) {
      blocks.add(
          new Answer.Block.Line(
              "They come back when all its files are read again (write: "
                  + declared.write().mode().word()
                  + "): take them out of the files too, or send them to the letters."));
    }
    return Answer.of(data, blocks);
  }
}
