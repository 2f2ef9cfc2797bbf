package dev.headwater.examples.flights;

import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/** Says how long a flight's way is, and leaves out what begins and ends at the same airport. */
public final class Enrich extends PTransform<PCollection<Row>, PCollection<Row>> {
  private static final long serialVersionUID = 1;

  @Override
  public PCollection<Row> expand(PCollection<Row> flights) {
    Schema schema =
        Schema.builder().addFields(flights.getSchema().getFields()).addStringField("haul").build();
    return flights.apply("Haul", ParDo.of(new Haul(schema))).setRowSchema(schema);
  }

  private static final class Haul extends DoFn<Row, Row> {
    private static final long serialVersionUID = 1;
    private final Schema schema;

    Haul(Schema schema) {
      this.schema = schema;
    }

    @ProcessElement
    public void process(@Element Row flight, OutputReceiver<Row> out) {
      String origin = flight.getString("origin");
      if (origin == null || !origin.equals(flight.getString("destination"))) {
        String haul = haul(flight.getInt64("distance"));
        out.output(Row.withSchema(schema).addValues(flight.getValues()).addValue(haul).build());
      }
    }

    private static String haul(@Nullable Number miles) {
      return miles == null || miles.longValue() < 600 ? "short" : "long";
    }
  }
}
