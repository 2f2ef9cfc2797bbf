package dev.headwater.score;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.ExpressionException;
import dev.headwater.files.BadRow;
import dev.headwater.model.RawRows;
import dev.headwater.model.TrainSpec;
import dev.headwater.table.BatchSink;
import dev.headwater.table.CheckedWriter;
import dev.headwater.table.LetterMaker;
import dev.headwater.table.Written;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Joined rows into a table of predictions: encoded, scored by one version of one model and by its
 * baseline, written. Bounded. A row's prediction depends on the row alone. A row that an input or
 * the label fails on, or that the network gives no finite number for, is a letter.
 *
 * <p>Where the label can be computed it is written too, so that {@link Scored#of} tells how good
 * the predictions are. One thread; the model is shared by all of a JVM.
 */
public final class ScoreRows implements BatchSink<Written> {
  /** The network's probability that the label is true. */
  public static final String PROBABILITY = "probability";

  /** The logistic regression's. */
  public static final String BASELINE = "baseline_probability";

  /** What the label turned out to be; null where it cannot be told. */
  public static final String LABEL = "label";

  /** The code of letters of rows that the network gives no finite number for. */
  public static final String NOT_FINITE = "not_finite";

  public static final String MODEL = "model";
  public static final String VERSION = "model_version";

  /**
   * What scores.
   *
   * @param folder the model's folder, which every worker reaches
   * @param manifestDigest SHA-256 of its MANIFEST, as registered; another one is refused
   */
  public record ScoreSpec(String model, long version, String folder, String manifestDigest)
      implements Serializable {}

  private static final BadRow.Why NO_NUMBER =
      new BadRow.Why(NOT_FINITE, "the network gives no finite number", PROBABILITY, "NaN");

  private final Scorer scorer;
  private final CheckedWriter writer;
  private final LetterMaker letters;

  private ScoreRows(
      ScoreSpec spec,
      Schema joined,
      List<String> spineColumns,
      CheckedWriter.Into into,
      LetterMaker letters) {
    this.scorer = new Scorer(spec, joined, spineColumns);
    this.writer = CheckedWriter.open(into);
    this.letters = letters;
  }

  /**
   * The columns of the table of predictions: the spine's, the model's inputs as they were before
   * encoding, the probabilities, the label if the joined rows have what it needs, and the model's
   * name and version. Where an input has the name of a spine's column it is that column.
   */
  public static Schema schema(Schema joined, List<String> spineColumns, TrainSpec spec) {
    Map<String, Type> columns =
        new LinkedHashMap<>(new RawRows(spineColumns, spec.inputs(), joined).types());
    columns.put(PROBABILITY, Types.DoubleType.get());
    columns.put(BASELINE, Types.DoubleType.get());
    if (labelled(joined, spec)) {
      columns.put(LABEL, Types.BooleanType.get());
    }
    columns.put(MODEL, Types.StringType.get());
    columns.put(VERSION, Types.LongType.get());
    List<Types.NestedField> fields = new ArrayList<>();
    columns.forEach(
        (name, type) -> fields.add(Types.NestedField.optional(fields.size() + 1, name, type)));
    return TypeUtil.assignFreshIds(
        new Schema(fields), new java.util.concurrent.atomic.AtomicInteger()::incrementAndGet);
  }

  private static boolean labelled(Schema joined, TrainSpec spec) {
    try {
      return Expression.parse(spec.label(), joined).type().typeId() == Type.TypeID.BOOLEAN;
    } catch (ExpressionException e) {
      // Rows to score need not have what the label is computed from: that is what scoring is for.
      return false;
    }
  }

  /**
   * Opens one sink a worker.
   *
   * @param joined the schema of the joined rows
   * @param spineColumns which of them are the spine's
   * @param into a table of predictions, with {@link #schema}'s columns, and one of letters
   * @param letters makes these of rows without a prediction
   */
  public static BatchSink.Factory<Written> sink(
      ScoreSpec spec,
      Schema joined,
      List<String> spineColumns,
      CheckedWriter.Into into,
      LetterMaker letters) {
    List<String> names = new ArrayList<>(spineColumns);
    return () -> new ScoreRows(spec, joined, names, into, letters);
  }

  @Override
  public void accept(RowBatch batch) throws IOException {
    Scorer.Outcome outcome = scorer.divide(batch);
    RowBatch scored = outcome.scored();
    Bits wrong = wrong(scored);
    RowBatch good = wrong == null ? scored : scored.filter(wrong.not());
    if (good.size() > 0) {
      writer.accept(good);
    }
    if (wrong != null) {
      writer.letters(letters.letters(scored.filter(wrong), NO_NUMBER));
    }
    for (Scorer.Failed failed : outcome.failed()) {
      BadRow.Why why = new BadRow.Why(Scorer.FAILED, failed.why(), null, null);
      writer.letters(letters.letters(failed.row(), why));
    }
  }

  /** The rows without a prediction; Java's null for none. */
  private static @Nullable Bits wrong(RowBatch scored) {
    double[] values = ((DoubleColumn) scored.column(scored.index(PROBABILITY))).values();
    long[] bits = new long[Bits.words(scored.size())];
    for (int row = 0; row < scored.size(); row++) {
      if (!Double.isFinite(values[row])) {
        bits[row >>> 6] |= 1L << row;
      }
    }
    return Column.nulls(Bits.of(bits, scored.size()));
  }

  @Override
  public List<Written> finish() throws IOException {
    return writer.finish();
  }

  @Override
  public void close() {
    writer.close();
  }
}
