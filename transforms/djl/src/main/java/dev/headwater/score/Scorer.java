package dev.headwater.score;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.RowBatches;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.ExpressionException;
import dev.headwater.model.Encoding;
import dev.headwater.model.InputValues;
import dev.headwater.model.Network;
import dev.headwater.model.RawRows;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** Joined rows with what one version of a model says of them. One thread. */
final class Scorer {
  /** The code of rows that an expression fails on. */
  static final String FAILED = "expression";

  private final ScoreRows.ScoreSpec spec;
  private final LoadedModel model;
  private final InputValues inputs;
  private final RawRows shown;
  private final @Nullable Expression label;
  private final Schema schema;

  /**
   * Loads the model, unless it is.
   *
   * @param joined the schema of the joined rows
   * @param spineColumns which of them are the spine's
   */
  Scorer(ScoreRows.ScoreSpec spec, Schema joined, List<String> spineColumns) {
    this.spec = spec;
    this.model = LoadedModel.of(spec);
    this.inputs = new InputValues(model.spec().inputs(), joined);
    this.shown = new RawRows(spineColumns, model.spec().inputs(), joined);
    this.schema = ScoreRows.schema(joined, spineColumns, model.spec());
    this.label =
        schema.findField(ScoreRows.LABEL) == null
            ? null
            : Expression.parse(model.spec().label(), joined);
  }

  private RowBatch none() {
    return new RowBatchBuilder(schema).build();
  }

  /** Rows of {@link ScoreRows#schema}; one at least. */
  RowBatch score(RowBatch batch) {
    int n = batch.size();
    Column[] raw = inputs.columns(batch);
    double[][] values = new double[raw.length][];
    List<Encoding> encodings = model.encodings().each();
    for (int i = 0; i < raw.length; i++) {
      values[i] =
          encodings.get(i) instanceof Encoding.Categorical c
              ? inputs.doubles(
                  i, raw[i], v -> Math.max(-1, Collections.binarySearch(c.values(), v)))
              : inputs.doubles(i, raw[i], v -> -1);
    }
    double[][] scores = model.score(model.encodings().encode(values, n, Network.padded(n)), n);
    Column[] out = new Column[schema.columns().size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = column(schema.columns().get(i).name(), batch, raw, scores);
    }
    return RowBatch.of(schema, n, out);
  }

  /**
   * What came of a batch.
   *
   * @param scored rows of {@link ScoreRows#schema}, perhaps none
   */
  record Outcome(RowBatch scored, List<Failed> failed) {}

  /** A row that an input or the label fails on, and why. */
  record Failed(RowBatch row, String why) {}

  /** All at once; where a row fails, each half for itself, down to the row. */
  Outcome divide(RowBatch batch) {
    List<RowBatch> scored = new ArrayList<>();
    List<Failed> failed = new ArrayList<>();
    divide(batch, scored, failed);
    return new Outcome(scored.isEmpty() ? none() : RowBatches.concat(scored), failed);
  }

  private void divide(RowBatch batch, List<RowBatch> scored, List<Failed> failed) {
    if (batch.size() == 0) {
      return;
    }
    try {
      scored.add(score(batch));
    } catch (ExpressionException e) {
      if (batch.size() == 1) {
        failed.add(new Failed(batch, String.valueOf(e.getMessage())));
        return;
      }
      int half = batch.size() / 2;
      divide(batch.slice(0, half), scored, failed);
      divide(batch.slice(half, batch.size()), scored, failed);
    }
  }

  private Column column(String name, RowBatch batch, Column[] raw, double[][] scores) {
    int n = batch.size();
    if (name.equals(ScoreRows.PROBABILITY)) {
      return DoubleColumn.of(scores[0]);
    }
    if (name.equals(ScoreRows.BASELINE)) {
      return DoubleColumn.of(scores[1]);
    }
    if (name.equals(ScoreRows.LABEL) && label != null) {
      return label.evaluate(batch);
    }
    if (name.equals(ScoreRows.MODEL)) {
      return DictionaryColumn.of(new int[n], BytesColumn.ofStrings(spec.model()), null);
    }
    if (name.equals(ScoreRows.VERSION)) {
      long[] versions = new long[n];
      java.util.Arrays.fill(versions, spec.version());
      return LongColumn.of(versions);
    }
    return shown.column(name, batch, raw);
  }
}
