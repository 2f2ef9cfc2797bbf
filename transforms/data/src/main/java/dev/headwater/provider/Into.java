package dev.headwater.provider;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.rows.BeamRows;
import dev.headwater.rows.ErrorOutput;
import dev.headwater.validate.Validate;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.SimpleFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/** What writing transforms have in common: their table, and what they tell. */
final class Into {
  static final String CREATE = "Whether a table that isn't there is made, with the rows' columns.";
  static final String SINK = "The stable name of what writes, unique to it; beam if unsaid.";
  static final String EVERY = "Seconds from the first row of a commit to it, in a stream; 10.";
  static final String ERRORS =
      "Where rows go that the table can't hold; without it the first one fails the pipeline.";

  private static final Schema COMMITS =
      Schema.builder()
          .addStringField("table")
          .addField("snapshot_id", FieldType.INT64.withNullable(true))
          .addInt64Field("rows")
          .build();

  private Into() {}

  /** The table, which may be made for these rows. */
  static Table open(Place place, boolean create, Schema rows) {
    try (TableCatalog open = TableCatalog.open(place.catalog())) {
      return open.find(place.table())
          .orElseGet(
              () -> {
                if (!create) {
                  throw new HeadwaterException(
                      HeadwaterException.Kind.USAGE,
                      "Cannot write to " + place.table() + ": there is no such table.",
                      "create it, or write create: true.");
                }
                return open.create(
                    place.table(),
                    BeamRows.schema(rows),
                    PartitionSpec.unpartitioned(),
                    SortOrder.unsorted(),
                    Map.of());
              });
    }
  }

  /** Rows that the table can hold, and the others. */
  static ErrorOutput.Divided fitting(
      PCollection<Row> rows, Table table, @Nullable ErrorOutput to, String... key) {
    return ErrorOutput.divide(
        rows, BeamRows.schema(rows.getSchema()), Validate.fitFor(table, key).dividing(), to);
  }

  static boolean bounded(PCollection<?> rows) {
    return rows.isBounded() == PCollection.IsBounded.BOUNDED;
  }

  static Duration every(@Nullable Integer seconds) {
    return Duration.standardSeconds(seconds == null ? 10 : seconds);
  }

  /** What was committed, as rows. */
  static PCollection<Row> told(PCollection<Committed> committed) {
    return committed.apply("Commits", MapElements.via(new Tell())).setRowSchema(COMMITS);
  }

  private static final class Tell extends SimpleFunction<Committed, Row> {
    private static final long serialVersionUID = 1;

    @Override
    public Row apply(Committed committed) {
      return Row.withSchema(COMMITS)
          .addValues(
              committed.table().toString(),
              committed.snapshotId(),
              Long.parseLong(committed.summary().getOrDefault(SummaryKeys.ROWS_KEPT, "0")))
          .build();
    }
  }
}
