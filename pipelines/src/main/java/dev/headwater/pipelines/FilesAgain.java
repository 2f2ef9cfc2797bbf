package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.ingest.SourceFile;
import dev.headwater.ingest.UponFiles;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.table.CommitTable;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** A range of a table's own time, from its files as they are now. */
final class FilesAgain implements RowsAgain {
  private final Stages stages;
  private final Target target;
  private final TableDecl table;
  private final IngestWork work;
  private final TableFiles files;
  private Map<Edge, SourceFile> held = Map.of();
  private @Nullable UponFiles upon;

  FilesAgain(Stages stages, Target target, TableDecl table) {
    this.stages = stages;
    this.target = target;
    this.table = table;
    TableOutput output = new TableOutput(stages.workspace(), target);
    this.work = new IngestWork(stages, table, output);
    this.files = new TableFiles(stages, target, table, output);
  }

  @Override
  public String range(Instant from, Instant to) {
    TableRef ref = stages.workspace().table(target.name());
    Schema now = stages.workspace().catalog(ref).load(ref).schema();
    return TimeRangeSql.of(table, now, from, to);
  }

  @Override
  public Set<Edge> inputs() {
    upon = files.held().upon();
    held = files.again();
    return held.keySet();
  }

  @Override
  public Map<String, String> parameters() {
    return Map.of();
  }

  @Override
  public void fill(Run run, String range, Token token, CommitTable.Check look, Job.Watch watch) {
    if (held.isEmpty()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot backfill " + target.name() + ": no file is known that it has rows of.",
          "run it: headwater run " + target.name() + ".");
    }
    Landing landing =
        Landing.of(
            work.store().io(),
            held,
            Set.of(),
            table,
            work.format(),
            work.known(),
            Objects.requireNonNull(upon));
    TableRef ref = stages.workspace().table(target.name());
    Recompute.whileMoving(
        stages.workspace().catalog(ref),
        ref,
        token.run(),
        () -> {
          Pipeline pipeline = stages.pipeline(target, run.id().toString());
          work.backfill(pipeline, run, landing, range, token, look);
          try {
            stages.run(pipeline, target, landing.sources().rows(), watch);
          } catch (RuntimeException e) {
            throw UserSteps.blamed(table, e);
          }
        });
  }

  @Override
  public void closeLetters(Run run) {
    new LetterClosing(stages, target, table, run)
        .close(Objects.requireNonNull(run.parameters().get(Backfill.RANGE)));
  }
}
