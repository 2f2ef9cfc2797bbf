package dev.headwater.score;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.ExpressionException;
import dev.headwater.model.RawRows;
import dev.headwater.model.TrainSpec;
import dev.headwater.table.BatchSink;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.Written;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;

/**
 * Joined rows into a table of predictions: encoded, scored by one version of one model and by its
 * baseline, written. Bounded; no letters. A row's prediction depends on the row alone.
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

  private final Scorer scorer;
  private final BatchWriter writer;
  private long rows;

  private ScoreRows(
      ScoreSpec spec,
      Schema joined,
      List<String> spineColumns,
      Table table,
      String sink,
      String run) {
    this.scorer = new Scorer(spec, joined, spineColumns);
    this.writer = BatchWriter.open(table, sink, run).sorting().sketching();
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
   * @param table of predictions, with {@link #schema}'s columns
   */
  public static BatchSink.Factory<Written> sink(
      ScoreSpec spec,
      Schema joined,
      List<String> spineColumns,
      Table table,
      String sink,
      String run) {
    List<String> names = new ArrayList<>(spineColumns);
    return () -> new ScoreRows(spec, joined, names, table, sink, run);
  }

  @Override
  public void accept(RowBatch batch) throws IOException {
    if (batch.size() > 0) {
      writer.accept(scorer.score(batch));
      rows += batch.size();
    }
  }

  @Override
  public List<Written> finish() throws IOException {
    return List.of(Written.of(writer.finish(), rows, rows, 0).sketch(writer.sketch()));
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
