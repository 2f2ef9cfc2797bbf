package dev.headwater.rows;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.RowBatch;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;

/** Batches as rows. */
final class RowsOfBatches extends PTransform<PCollection<RowBatch>, PCollection<Row>> {
  private static final long serialVersionUID = 1;

  private final Schema schema;

  RowsOfBatches(org.apache.iceberg.Schema schema) {
    this.schema = BeamRows.schema(schema);
  }

  @Override
  public PCollection<Row> expand(PCollection<RowBatch> batches) {
    return batches.apply("rows", ParDo.of(new Explode(schema))).setRowSchema(schema);
  }

  private static final class Explode extends DoFn<RowBatch, Row> {
    private static final long serialVersionUID = 1;

    private final Schema schema;

    Explode(Schema schema) {
      this.schema = schema;
    }

    /** A schema keeps its hash, which differs between JVMs, when it travels: equals() tells no. */
    private boolean isSame(Schema own) {
      return own.getFieldNames().equals(schema.getFieldNames()) && own.typesEqual(schema);
    }

    @ProcessElement
    public void process(@Element RowBatch batch, OutputReceiver<Row> out) {
      Schema own = BeamRows.schema(batch.schema());
      if (!isSame(own)) {
        throw new HeadwaterException(
            HeadwaterException.Kind.DATA,
            "A batch of " + own + " came where rows of " + schema + " were promised.",
            "give rows() the schema of the batches.");
      }
      BeamRows.rows(batch, schema).forEach(out::output);
    }
  }
}
