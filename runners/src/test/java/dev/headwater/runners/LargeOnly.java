package dev.headwater.runners;

import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;

/** A user's transform: rows with a price of 10 at least. */
public final class LargeOnly extends PTransform<PCollection<Row>, PCollection<Row>> {
  private static final long serialVersionUID = 1;

  @Override
  public PCollection<Row> expand(PCollection<Row> rows) {
    return rows.apply("Large", Filter.by(LargeOnly::isLarge)).setRowSchema(rows.getSchema());
  }

  private static boolean isLarge(Row row) {
    Double price = row.getDouble("price");
    return price != null && price >= 10;
  }
}
