package dev.headwater.ingest;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.rows.BeamRows;
import dev.headwater.user.GivenRows;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.Schema;

/**
 * The user's Beam transforms that a table's rows go through, in order.
 *
 * @param table the table's name, for messages
 */
public record Through(String table, List<Step> steps) {
  /** One of them, as Beam's steps are called. */
  public record Step(String name, PTransform<PCollection<Row>, PCollection<Row>> transform) {}

  /**
   * What comes out.
   *
   * @param schema of the rows
   * @param rowByRow whether each row is looked at alone, so that new files can be appended without
   *     the old ones being read again
   */
  public record Outcome(Schema schema, boolean rowByRow) {}

  public Through {
    steps = List.copyOf(steps);
  }

  /**
   * What comes out of rows of a schema; nothing is read for it.
   *
   * @throws HeadwaterException USAGE if a step fails as it is put in, or gives no rows that a table
   *     can hold
   */
  public Outcome outcome(Schema rows) {
    org.apache.beam.sdk.schemas.Schema in = BeamRows.schema(rows);
    Pipeline nowhere = Pipeline.create();
    PCollection<Row> out =
        apply(nowhere.apply("in", Create.empty(RowCoder.of(in))).setRowSchema(in));
    Meetings meetings = new Meetings("in");
    nowhere.traverseTopologically(meetings);
    return new Outcome(BeamRows.schema(out.getSchema()), !meetings.found());
  }

  PCollection<Row> apply(PCollection<Row> rows) {
    PCollection<Row> out = rows;
    for (Step step : steps) {
      PCollection<Row> in = out;
      out =
          GivenRows.of(
              "Transform " + step.name() + " of table " + table,
              () -> in.apply(step.name(), step.transform()));
    }
    return out;
  }
}
