package dev.headwater.provider;

import dev.headwater.catalog.At;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.rows.BeamRows;
import dev.headwater.table.ReadTable;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.JavaFieldSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldDescription;
import org.apache.beam.sdk.schemas.transforms.SchemaTransform;
import org.apache.beam.sdk.values.PCollectionRowTuple;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** {@code headwater:read:v1}: a table's rows at one of its states. */
public final class ReadProvider extends Provided<ReadProvider.Configuration> {
  /** Found as a service. */
  public ReadProvider() {
    super(
        "read", "Reads an Iceberg table at one snapshot, its columns and rows pushed down.", true);
  }

  /** What can be said. */
  @DefaultSchema(JavaFieldSchema.class)
  public static final class Configuration {
    @SchemaFieldDescription(Place.CATALOG)
    public Map<String, String> catalog = Map.of();

    @SchemaFieldDescription(Place.TABLE)
    public String table = "";

    @SchemaFieldDescription("Only these columns, in this order; all of them if unsaid.")
    public @Nullable List<String> columns;

    @SchemaFieldDescription("Only rows for which this SQL expression is true.")
    public @Nullable String where;

    @SchemaFieldDescription(
        "Another state than the newest: snapshot:58, tag:eoy, branch:audit,"
            + " time:2026-01-31T12:00:00Z.")
    public @Nullable String at;
  }

  @Override
  protected SchemaTransform from(Configuration said) {
    Place place = Place.of(said.catalog, said.table);
    At at = said.at == null ? At.current() : At.parse(said.at);
    return transform(
        input -> {
          ReadTable read = ReadTable.of(place.catalog(), place.table());
          if (!(at instanceof At.Current)) {
            read = read.at(at);
          }
          if (said.columns != null) {
            read = read.columns(said.columns.toArray(String[]::new));
          }
          if (said.where != null) {
            read = read.where(said.where);
          }
          return PCollectionRowTuple.of(
              OUTPUT,
              input
                  .getPipeline()
                  .apply("Read " + place.table(), read)
                  .apply("Rows", BeamRows.rows(schema(place, at, said.columns))));
        });
  }

  private static Schema schema(Place place, At at, @Nullable List<String> columns) {
    try (TableCatalog open = TableCatalog.open(place.catalog())) {
      Table table = open.load(place.table());
      Integer id = at.find(table).map(Snapshot::schemaId).orElse(null);
      Schema own = id == null ? table.schema() : table.schemas().getOrDefault(id, table.schema());
      return columns == null ? own : new Schema(columns.stream().map(own::findField).toList());
    }
  }
}
