package dev.headwater.score;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatches;
import dev.headwater.columns.expr.ExpressionException;
import dev.headwater.model.ModelFolder;
import dev.headwater.model.SealedFolder;
import dev.headwater.model.TrainSpec;
import dev.headwater.rows.BeamRows;
import dev.headwater.rows.Divide;
import dev.headwater.rows.FailedRows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.errorhandling.BadRecord;
import org.apache.beam.sdk.transforms.errorhandling.ErrorHandler;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Rows scored by one version of a model, in a pipeline of one's own: they come out with their
 * inputs and predictions, in the columns of {@link ScoreRows#schema}. They need the columns that
 * the model's inputs are computed of, views' as they were joined in training. Bounded or unbounded;
 * a row's prediction depends on the row alone.
 *
 * <p>A row that an input or the label fails on (a cast, a division by zero) goes to Beam's {@link
 * ErrorHandler}; without one it fails its bundle.
 */
public final class Score extends PTransform<PCollection<RowBatch>, PCollection<RowBatch>> {
  private static final long serialVersionUID = 1;

  private final ScoreRows.ScoreSpec spec;
  private final Schema rows;
  private final @Nullable ErrorHandler<BadRecord, ?> handler;

  private Score(
      ScoreRows.ScoreSpec spec, Schema rows, @Nullable ErrorHandler<BadRecord, ?> handler) {
    this.spec = spec;
    this.rows = rows;
    this.handler = handler;
  }

  /**
   * Scores with what is in a model's folder when the transform is made; workers refuse another.
   *
   * @param version what the rows say of it
   * @param rows the columns of the batches
   * @throws HeadwaterException if the folder is no whole model, or the rows lack what it needs
   */
  public static Score with(Path folder, long version, Schema rows) {
    TrainSpec model = ModelFolder.open(folder).description().spec();
    check(model, rows);
    try {
      return new Score(
          new ScoreRows.ScoreSpec(
              model.model(),
              version,
              folder.toAbsolutePath().toString(),
              SealedFolder.digest(folder)),
          rows,
          null);
    } catch (IOException e) {
      throw new HeadwaterException(
          Kind.UNREACHABLE,
          "Cannot read " + folder + ": " + e.getMessage() + ".",
          "make the folder readable from all workers.",
          e);
    }
  }

  private static void check(TrainSpec model, Schema rows) {
    try {
      ScoreRows.schema(rows, names(rows), model);
    } catch (ExpressionException e) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Cannot score with " + model.model() + ": " + e.getMessage() + ".",
          "give it rows with the columns that it was trained on.",
          e);
    }
  }

  /** Rows that fail go there. */
  public Score withErrorHandler(ErrorHandler<BadRecord, ?> badRecords) {
    return new Score(spec, rows, badRecords);
  }

  /** The columns that come out. */
  public Schema schema() {
    return ScoreRows.schema(
        rows, names(rows), ModelFolder.open(Path.of(spec.folder())).description().spec());
  }

  private static List<String> names(Schema schema) {
    return schema.columns().stream().map(Types.NestedField::name).toList();
  }

  /** The same of Beam's rows, of the batches' columns. */
  public static PTransform<PCollection<Row>, PCollection<Row>> rows(Score by) {
    return new OfRows(by);
  }

  @Override
  public PCollection<RowBatch> expand(PCollection<RowBatch> batches) {
    return Divide.good(batches, dividing(), handler);
  }

  /** What scores, for a pipeline that takes both outputs. */
  Divide.Opening dividing() {
    ScoreRows.ScoreSpec with = spec;
    Schema joined = rows;
    List<String> columns = new ArrayList<>(names(rows));
    return () -> {
      Scorer scorer = new Scorer(with, joined, columns);
      return batch -> divided(scorer, batch);
    };
  }

  private static Divide.Divided divided(Scorer scorer, RowBatch batch) {
    Scorer.Outcome outcome = scorer.divide(batch);
    List<RowBatch> failed = new ArrayList<>();
    for (Scorer.Failed each : outcome.failed()) {
      failed.add(
          FailedRows.of(
              each.row(), List.of(new FailedRows.Why(Scorer.FAILED, each.why(), null, null))));
    }
    return new Divide.Divided(
        outcome.scored(), failed.isEmpty() ? null : RowBatches.concat(failed));
  }

  private static final class OfRows extends PTransform<PCollection<Row>, PCollection<Row>> {
    private static final long serialVersionUID = 1;
    private final Score by;

    OfRows(Score by) {
      this.by = by;
    }

    @Override
    public PCollection<Row> expand(PCollection<Row> rows) {
      return rows.apply("Batches", BeamRows.batches(by.rows))
          .apply("Score", by)
          .apply("Rows", BeamRows.rows(by.schema()));
    }
  }
}
