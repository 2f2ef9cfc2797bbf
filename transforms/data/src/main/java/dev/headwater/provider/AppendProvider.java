package dev.headwater.provider;

import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.registry.RunIds;
import dev.headwater.columns.RowBatch;
import dev.headwater.rows.ErrorOutput;
import dev.headwater.table.AppendStream;
import dev.headwater.table.CheckWrite;
import dev.headwater.table.CheckedWriter;
import dev.headwater.table.CommitTable;
import dev.headwater.table.Written;
import dev.headwater.validate.Limits;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.JavaFieldSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldDescription;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldName;
import org.apache.beam.sdk.schemas.transforms.SchemaTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** {@code headwater:append:v1}: rows into a table; one commit, or in a stream one an interval. */
public final class AppendProvider extends Provided<AppendProvider.Configuration> {
  private static final String STAGE = "append";

  /** Found as a service. */
  public AppendProvider() {
    super(
        "append",
        "Appends rows to an Iceberg table, each once: in one commit, in a stream one an interval.",
        false);
  }

  /** What can be said. */
  @DefaultSchema(JavaFieldSchema.class)
  public static final class Configuration {
    @SchemaFieldDescription(Place.CATALOG)
    public Map<String, String> catalog = Map.of();

    @SchemaFieldDescription(Place.TABLE)
    public String table = "";

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
    ErrorOutput to = said.errorHandling;
    return transform(
        input -> {
          PCollection<Row> rows = input.getSinglePCollection();
          Table table = Into.open(place, Boolean.TRUE.equals(said.create), rows.getSchema());
          ErrorOutput.Divided divided = Into.fitting(rows, table, to);
          String run = RunIds.next().toString();
          PCollection<Committed> committed =
              Into.bounded(rows)
                  ? once(divided.good(), place, table, sink, run)
                  : divided
                      .good()
                      .apply(
                          "Append",
                          AppendStream.to(place.catalog(), place.table(), table, sink, run)
                              .every(Into.every(said.every)));
          return outputs(Into.told(committed), to == null ? "" : to.output, divided.errors());
        });
  }

  private static PCollection<Committed> once(
      PCollection<RowBatch> batches, Place place, Table table, String sink, String run) {
    CheckedWriter.Into into =
        new CheckedWriter.Into(
            STAGE,
            SerializableTable.copyOf(table),
            sink,
            run,
            "",
            null,
            null,
            Limits.NONE.watch(place.table().toString()),
            null);
    PCollection<Written> written =
        batches
            .apply("OneWindow", Window.into(new GlobalWindows()))
            .apply(
                "Write",
                ParDo.of(new CheckWrite(into, null))
                    .withOutputTags(CheckWrite.WRITTEN, TupleTagList.of(CheckWrite.RUNS)))
            .get(CheckWrite.WRITTEN)
            .setCoder(Written.coder());
    Token token = Token.ofRun(sink, run, List.of());
    return written.apply("Commit", CommitTable.append(place.catalog(), place.table(), token));
  }
}
