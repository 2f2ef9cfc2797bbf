package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.ScoreDecl;
import dev.headwater.table.CheckedWriter;
import dev.headwater.table.CommitTable;
import dev.headwater.validate.Letters;
import dev.headwater.validate.Limits;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;

/** Where predictions go, and the rows without one: both take the place of the last run's. */
record ScoredInto(CheckedWriter.Into writer, CommitTable commit) {
  /** Of one run. */
  static ScoredInto of(
      Stages stages, Run run, ScoreDecl score, TableOutput output, TableShape shape) {
    CatalogConfig catalog = stages.workspace().catalog(output.ref()).config();
    Token token = output.token(run);
    Table letters = output.letters(run);
    return new ScoredInto(
        new CheckedWriter.Into(
            "score",
            SerializableTable.copyOf(shape.table()),
            token.sink(),
            run.id().toString(),
            score.rows(),
            SerializableTable.copyOf(letters),
            null,
            Limits.NONE.watch(score.name()),
            null),
        CommitTable.replace(catalog, output.ref(), token)
            .shape(shape.shape())
            .summary(output.summary(run))
            .letters(Letters.of(output.ref()))
            .check(Limits.NONE.check(score.name(), letters)));
  }
}
