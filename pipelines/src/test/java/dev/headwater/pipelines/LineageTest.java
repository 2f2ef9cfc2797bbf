package dev.headwater.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.registry.Entry;
import dev.headwater.catalog.registry.Registry;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.rows.RowBatchCoder;
import dev.headwater.table.AppendStream;
import dev.headwater.table.ReadTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What pipelines that were built without us read and wrote. */
final class LineageTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Schema SCHEMA =
      new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  /** Reports as KafkaIO and the file systems do. */
  private static final class Reports extends DoFn<Integer, Integer> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Integer element, OutputReceiver<Integer> out) {
      org.apache.beam.sdk.metrics.Lineage.getSources()
          .add("kafka", List.of("broker:9092,other:9092", "clicks.raw"));
      org.apache.beam.sdk.metrics.Lineage.getSinks().add("s3", List.of("lake", "clicks/a.parquet"));
      if (element < 0) {
        throw new IllegalStateException("a bad one");
      }
      out.output(element);
    }
  }

  private PipelineResult run(int element) {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(Create.of(element)).apply(ParDo.of(new Reports()));
    return Lineage.observe(pipeline).in(folder).named("clicks").run();
  }

  private List<JsonNode> events() throws Exception {
    List<JsonNode> events = new ArrayList<>();
    try (Registry registry = Registry.open(CatalogConfig.embedded(folder.resolve(".headwater")))) {
      for (Entry entry : registry.journal().pending(100)) {
        events.add(JSON.readTree(entry.payload()));
      }
    }
    return events;
  }

  @Test
  void sourcesAndSinksOfBeamsMetricsAreInTheEvents() throws Exception {
    assertThat(run(1).getState()).isEqualTo(PipelineResult.State.DONE);

    List<JsonNode> events = events();
    assertThat(events.stream().map(e -> e.path("eventType").asText()))
        .containsExactly("START", "START", "COMPLETE", "COMPLETE");
    JsonNode end = events.get(3);
    assertThat(end.at("/job/name").asText()).endsWith(".beam.clicks");
    assertThat(end.at("/inputs/0/namespace").asText()).isEqualTo("kafka://broker:9092");
    assertThat(end.at("/inputs/0/name").asText()).isEqualTo("clicks.raw");
    assertThat(end.at("/outputs/0/namespace").asText()).isEqualTo("s3://lake");
    assertThat(end.at("/outputs/0/name").asText()).isEqualTo("clicks/a.parquet");
    assertThat(events.get(1).at("/outputs/0/name").asText()).isEqualTo("clicks.raw");
    assertThat(events.get(1).at("/job/name").asText()).endsWith(".landing.broker:9092/clicks.raw");
    assertThat(events.get(1).path("inputs")).isEmpty();

    run(2);
    // The start of the next run has what this one had, behind its landing.
    JsonNode again = events().get(6);
    assertThat(again.at("/job/name").asText()).endsWith(".beam.clicks");
    assertThat(again.path("eventType").asText()).isEqualTo("START");
    assertThat(again.at("/inputs/0/name").asText()).isEqualTo("clicks.raw");
    assertThat(again.at("/outputs/0/name").asText()).isEqualTo("clicks/a.parquet");
  }

  @Test
  void aPipelineThatFailsIsTold() throws Exception {
    assertThatThrownBy(() -> run(-1)).hasMessageContaining("a bad one");
    JsonNode end = events().get(1);
    assertThat(end.path("eventType").asText()).isEqualTo("FAIL");
    assertThat(end.at("/run/facets/errorMessage/message").asText()).contains("a bad one");
  }

  private static RowBatch ids() {
    return RowBatch.of(SCHEMA, 3, LongColumn.of(new long[] {1, 2, 3}, null));
  }

  /** Observes what fills a table. */
  private void into(
      TableCatalog catalog, String name, PTransform<? super PBegin, PCollection<RowBatch>> rows) {
    TableRef ref = TableRef.of("shop", name);
    Table table =
        catalog.create(ref, SCHEMA, PartitionSpec.unpartitioned(), SortOrder.unsorted(), Map.of());
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs("--enforceImmutability=false").create());
    pipeline.apply(rows).apply(AppendStream.to(catalog.config(), ref, table, name, "r1"));
    PipelineResult.State state =
        Lineage.observe(pipeline).in(folder).named(name).run().waitUntilFinish();
    assertThat(state).isEqualTo(PipelineResult.State.DONE);
  }

  @Test
  void tablesThatOurOwnTransformsReadAndWriteAreNamedByTheirPlaces() throws Exception {
    CatalogConfig config = CatalogConfig.embedded(folder.resolve("lake"));
    try (TableCatalog catalog = TableCatalog.open(config)) {
      into(catalog, "raw", Create.of(ids()).withCoder(RowBatchCoder.of()));
      into(catalog, "copy", ReadTable.of(config, TableRef.of("shop", "raw")));
    }
    List<JsonNode> ends =
        events().stream().filter(e -> e.path("eventType").asText().equals("COMPLETE")).toList();
    assertThat(ends).hasSize(2);
    String raw = folder.resolve("lake/warehouse/shop/raw").toString();
    assertThat(ends.get(0).at("/outputs/0/namespace").asText()).isEqualTo("file");
    assertThat(ends.get(0).at("/outputs/0/name").asText()).isEqualTo(raw);
    assertThat(ends.get(1).at("/inputs/0/name").asText()).isEqualTo(raw);
    assertThat(ends.get(1).at("/outputs/0/name").asText()).endsWith("/shop/copy");
  }

  @Test
  void namesAreThoseOfOpenLineagesIntegrations() {
    assertThat(
            List.of(
                "bigquery:p.d.t",
                "gcs:b.`dir/a.csv`",
                "pubsub:topic:p.t",
                "postgresql:`db:5432`.shop.public.orders",
                "kafka:`b:9092`.t"))
        .extracting(name -> BeamDataSets.of(name).name().toString())
        .containsExactly(
            "bigquery | p.d.t",
            "gs://b | dir/a.csv",
            "pubsub | topic:p:t",
            "postgres://db:5432 | shop.public.orders",
            "kafka://b:9092 | t");
  }
}
