package dev.headwater.rows;

import dev.headwater.columns.RowBatch;
import org.apache.beam.sdk.schemas.JavaFieldSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldDescription;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** Where rows that fail go, as Beam YAML says it: {@code error_handling: {output: errors}}. */
@DefaultSchema(JavaFieldSchema.class)
public final class ErrorOutput {
  @SchemaFieldDescription("The name of the output of rows that fail.")
  public String output = "errors";

  /**
   * Rows, divided.
   *
   * @param errors as {@link FailedRows} has them; null where the first one fails the pipeline
   */
  public record Divided(PCollection<RowBatch> good, @Nullable PCollection<Row> errors) {}

  /**
   * Divides rows.
   *
   * @param schema of the rows
   * @param to null: the first row that fails fails the pipeline
   */
  public static Divided divide(
      PCollection<Row> rows, Schema schema, Divide.Opening step, @Nullable ErrorOutput to) {
    PCollection<RowBatch> batches = rows.apply("Batches", BeamRows.batches(schema));
    if (to == null) {
      return new Divided(Divide.good(batches, step, null), null);
    }
    PCollectionTuple both = batches.apply("Divide", Divide.by(step));
    return new Divided(
        both.get(Divide.GOOD),
        both.get(Divide.FAILED).apply("Errors", BeamRows.rows(FailedRows.schema(schema))));
  }
}
