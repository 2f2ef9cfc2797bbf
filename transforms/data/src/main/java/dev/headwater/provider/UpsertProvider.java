package dev.headwater.provider;

import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.registry.RunIds;
import dev.headwater.rows.ErrorOutput;
import dev.headwater.upsert.UpsertStream;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.JavaFieldSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldDescription;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldName;
import org.apache.beam.sdk.schemas.transforms.SchemaTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** {@code headwater:upsert:v1}: rows into a table by key. */
public final class UpsertProvider extends Provided<UpsertProvider.Configuration> {
  /** Found as a service. */
  public UpsertProvider() {
    super(
        "upsert",
        "Puts rows into an Iceberg table by key: in the place of the one with the same key, or"
            + " new.",
        false);
  }

  /** What can be said. */
  @DefaultSchema(JavaFieldSchema.class)
  public static final class Configuration {
    @SchemaFieldDescription(Place.CATALOG)
    public Map<String, String> catalog = Map.of();

    @SchemaFieldDescription(Place.TABLE)
    public String table = "";

    @SchemaFieldDescription("The columns whose values tell rows apart; never null.")
    public List<String> key = List.of();

    @SchemaFieldDescription("Of rows with one key the one with the greatest value here stays.")
    public @Nullable String order;

    @SchemaFieldDescription("A boolean column that is true for rows that remove the table's.")
    public @Nullable String deletes;

    @SchemaFieldDescription(Into.CREATE)
    public @Nullable Boolean create;

    @SchemaFieldDescription(Into.SINK)
    public @Nullable String sink;

    @SchemaFieldDescription(Into.EVERY)
    public @Nullable Integer every;

    @SchemaFieldDescription(Into.ERRORS)
    @SchemaFieldName("error_handling")
    public @Nullable ErrorOutput errorHandling;
  }

  @Override
  protected SchemaTransform from(Configuration said) {
    Place place = Place.of(said.catalog, said.table);
    String sink = said.sink == null ? "beam" : said.sink;
    String[] key = said.key.toArray(String[]::new);
    ErrorOutput to = said.errorHandling;
    return transform(
        input -> {
          PCollection<Row> rows = input.getSinglePCollection();
          Table table = Into.open(place, Boolean.TRUE.equals(said.create), rows.getSchema());
          UpsertStream upsert =
              UpsertStream.to(
                      place.catalog(), place.table(), table, sink, RunIds.next().toString(), key)
                  .every(Into.every(said.every));
          if (said.order != null) {
            upsert = upsert.order(said.order);
          }
          if (said.deletes != null) {
            upsert = upsert.deletes(said.deletes);
          }
          if (Into.bounded(rows)) {
            upsert = upsert.once();
          }
          ErrorOutput.Divided divided = Into.fitting(rows, table, to, key);
          PCollection<Committed> committed = divided.good().apply("Upsert", upsert);
          return outputs(Into.told(committed), to == null ? "" : to.output, divided.errors());
        });
  }
}
