package dev.headwater.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.registry.Entry;
import dev.headwater.catalog.registry.Registry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What pipelines that were built without us read and wrote. */
final class LineageTest {
  private static final ObjectMapper JSON = new ObjectMapper();

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
