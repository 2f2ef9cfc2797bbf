package dev.headwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.client.OpenLineageClientUtils;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EventsTest {
  private final Events events = Events.in("dev");

  private List<String> allEvents() {
    List<String> all = new ArrayList<>();
    List<RunFacts> runs = new ArrayList<>(Flights.all());
    runs.add(Flights.drifted());
    for (RunFacts run : runs) {
      all.addAll(events.started(run));
      all.add(events.running(run, Flights.T0));
      all.add(events.ended(run));
    }
    RunFacts failed =
        Flights.ingest()
            .failed(
                new RunFacts.Failure("Cannot read data/a.parquet: it ends early.", "at x.Y"),
                Flights.T0.plusSeconds(2))
            .build();
    all.add(events.ended(failed));
    all.add(
        events.ended(
            Flights.ingest()
                .processing(RunFacts.Processing.STREAMING)
                .ended(RunFacts.Status.ABORTED, Flights.T0)
                .build()));
    all.addAll(
        new Events("dev", Events.PRODUCER, Set.of("PATH")).started(Flights.ingest().build()));
    return all;
  }

  @Test
  void everyEventAndFacetIsValidByItsSchema() {
    for (String event : allEvents()) {
      assertThat(Schemas.problems(event)).as(event).isEmpty();
    }
  }

  @Test
  void theSchemasFindABrokenEvent() {
    String event = events.ended(Flights.ingested());

    assertThat(Schemas.problems(event.replace("\"runId\"", "\"run_id\""))).isNotEmpty();
    assertThat(Schemas.problems(event.replace("\"datasetVersion\"", "\"v\""))).isNotEmpty();
    assertThat(Schemas.problems(event.replace("\"eventTime\":\"2", "\"eventTime\":\"x")))
        .isNotEmpty();
    assertThat(Schemas.problems(event.replace("\"kind\":\"TABLE\"", "\"kind\":\"BOWL\"")))
        .isNotEmpty();
  }

  @Test
  void theSampleHasEveryFacetThatIsEmitted() {
    Set<String> urls = new HashSet<>();
    for (String event : allEvents()) {
      Schemas.parse(event).findValuesAsText("_schemaURL").forEach(urls::add);
      collect(Schemas.parse(event), urls);
    }
    for (Facet facet : Facet.values()) {
      assertThat(urls).contains(facet.schemaUrl());
    }
  }

  private static void collect(JsonNode node, Set<String> urls) {
    if (node.has("_schemaURL")) {
      urls.add(node.get("_schemaURL").asText());
    }
    node.forEach(child -> collect(child, urls));
  }

  @Test
  void theClientSendsWhatWasStored() {
    for (String event : allEvents()) {
      String sent = OpenLineageClientUtils.toJson(OpenLineageClientUtils.runEventFromJson(event));
      assertThat(normal(Schemas.parse(sent))).isEqualTo(normal(Schemas.parse(event)));
    }
  }

  /** As text with numbers in one form, since the client writes 1 as 1.0. */
  private static Object normal(JsonNode node) {
    if (node.isNumber()) {
      return node.decimalValue().stripTrailingZeros();
    }
    if (node.isObject()) {
      Map<String, Object> out = new java.util.TreeMap<>();
      node.fields().forEachRemaining(f -> out.put(f.getKey(), normal(f.getValue())));
      return out;
    }
    if (node.isArray()) {
      List<Object> out = new ArrayList<>();
      node.forEach(child -> out.add(normal(child)));
      return out;
    }
    return node.asText();
  }

  @Test
  void aFileLandsInARunWithoutInputsBeforeItIsRead() {
    List<String> started = events.started(Flights.ingest().build());

    assertThat(started).hasSize(3);
    JsonNode landed = Schemas.parse(started.get(1));
    assertThat(landed.path("eventType").asText()).isEqualTo("COMPLETE");
    assertThat(landed.at("/job/name").asText())
        .isEqualTo("flights.landing.data/flights-3m.parquet");
    assertThat(landed.path("inputs")).isEmpty();
    assertThat(landed.at("/outputs/0/name").asText()).isEqualTo("/home/me/data/flights-3m.parquet");
    assertThat(landed.at("/outputs/0/facets/version/datasetVersion").asText())
        .isEqualTo(Flights.FILE_SHA);
    assertThat(Schemas.parse(started.get(2)).at("/inputs/0/namespace").asText()).isEqualTo("file");
  }

  @Test
  void everyReaderOfAVersionRepeatsTheSameLandingRun() {
    String first = events.started(Flights.ingest().build()).get(0);
    String second =
        events
            .started(Flights.run(77, "ingest", "other").inputs(List.of(Flights.file())).build())
            .get(0);

    assertThat(Schemas.parse(second).at("/run/runId"))
        .isEqualTo(Schemas.parse(first).at("/run/runId"));
    assertThat(Schemas.parse(first).at("/run/runId").asText())
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-7.*");
  }

  @Test
  void aLandingIsTheSameThoughNobodyKnowsWhenItWas() {
    DataSet file = DataSet.file(Flights.file().name(), "a").sha256(Flights.FILE_SHA).build();
    DataSet other = DataSet.file(Flights.file().name(), "a").sha256(Flights.MODEL_SHA).build();

    assertThat(landing(7, file)).isEqualTo(landing(77, file)).isNotEqualTo(landing(7, other));
  }

  private String landing(int run, DataSet input) {
    RunFacts reader = Flights.run(run, "ingest", "t").inputs(List.of(input)).build();
    return Schemas.parse(events.started(reader).get(0)).at("/run/runId").asText();
  }

  @Test
  void everyEventOfARunHasAllInputsAndOutputs() {
    RunFacts run = Flights.trained();
    List<String> all = new ArrayList<>(events.started(run));
    all.add(events.running(run, Flights.T0));
    all.add(events.ended(run));

    for (String event : all) {
      assertThat(Schemas.parse(event).findValuesAsText("label"))
          .contains("airport_delays", "flights", "late");
      assertThat(Schemas.parse(event).path("inputs")).hasSize(2);
      assertThat(Schemas.parse(event).path("outputs")).hasSize(1);
    }
  }

  @Test
  void aTableIsNamedByItsPlaceWithItsCatalogNameBesideIt() {
    JsonNode output = Schemas.parse(events.ended(Flights.ingested())).at("/outputs/0");

    assertThat(output.path("namespace").asText()).isEqualTo("file");
    assertThat(output.path("name").asText()).isEqualTo("/data/warehouse/flights/flights");
    assertThat(output.at("/facets/symlinks/identifiers/0/name").asText())
        .isEqualTo("flights.flights");
    assertThat(output.at("/facets/symlinks/identifiers/0/type").asText()).isEqualTo("TABLE");
    assertThat(output.at("/facets/version/datasetVersion").asText())
        .isEqualTo("5822000000000000041");
    assertThat(output.at("/facets/storage/storageLayer").asText()).isEqualTo("iceberg");
    assertThat(output.at("/facets/catalog/metadataUri").asText())
        .isEqualTo("jdbc:sqlite:/data/catalog.db");
  }

  @Test
  void aModelIsOneDataSetWithVersions() {
    JsonNode output = Schemas.parse(events.ended(Flights.trained())).at("/outputs/0");

    assertThat(output.path("namespace").asText()).isEqualTo("models://flights");
    assertThat(output.path("name").asText()).isEqualTo("late");
    assertThat(output.at("/facets/datasetType/datasetType").asText()).isEqualTo("MODEL");
    assertThat(output.at("/facets/version/datasetVersion").asText()).isEqualTo("1");
    assertThat(output.at("/facets/headwater_model/metrics/auc").asDouble()).isEqualTo(0.6912);
    assertThat(output.at("/facets/headwater_model/checksum/value").asText())
        .isEqualTo(Flights.MODEL_SHA);
    assertThat(output.at("/facets/headwater_model/pins/0/version").asText())
        .isEqualTo("5822000000000000041");
  }

  @Test
  void aParentsNameIsThePrefixOfItsChildrens() {
    JsonNode event = Schemas.parse(events.ended(Flights.trained()));

    assertThat(event.at("/job/name").asText()).isEqualTo("flights.train.late");
    assertThat(event.at("/run/facets/parent/job/name").asText()).isEqualTo("flights");
    assertThat(event.at("/run/facets/parent/job/namespace")).isEqualTo(event.at("/job/namespace"));
    assertThat(event.at("/job/facets/jobType/integration").asText()).isEqualTo("BEAM");
  }

  @Test
  void noSecretStandsInAnEvent() {
    DataSet.Builder source =
        Flights.table(DataSetName.location("s3://key:canary-a@bucket/path?token=canary-b"), "sales")
            .catalog(
                new DataSet.Catalog(
                    "iceberg",
                    "jdbc",
                    "prod",
                    "jdbc:postgresql://me:canary-c@db.example:5432/cat?password=canary-d",
                    "s3://bucket/w?X-Amz-Signature=canary-e"))
            .snapshot(1);
    RunFacts run =
        Flights.run(50, "ingest", "sales")
            .parameters(
                Map.of(
                    "password", "canary-f",
                    "catalog.s3.secret-access-key", "canary-g",
                    "apiKey", "canary-h",
                    "url", "jdbc:sqlserver://db:1433;databaseName=x;password=canary-i",
                    "note", "Authorization: Bearer canary-jjjjjjj"))
            .facts(Map.of("token", "canary-k"))
            .code(
                new RunFacts.SourceCode(
                    "git",
                    "https://me:canary-l@git.example/x",
                    "https://canary-m@git.example/x.git",
                    null,
                    null))
            .inputs(List.of(source.build()))
            .failed(
                new RunFacts.Failure(
                    "FATAL: jdbc:postgresql://me:canary-n@db/cat?password=canary-o refused; "
                        + "secret_key = 'canary-p' {\"client_secret\": \"canary-q\"}",
                    "at https://u:canary-r@h/x"),
                Flights.T0.plusSeconds(60))
            .build();
    List<String> all = new ArrayList<>(events.started(run));
    all.add(events.ended(run));

    for (String event : all) {
      assertThat(event).doesNotContain("canary");
      assertThat(Schemas.problems(event)).isEmpty();
    }
    assertThat(all.get(all.size() - 1))
        .contains("jdbc:postgresql://db.example:5432/cat")
        .contains("jdbc:sqlserver://db:1433/x");
  }

  @Test
  void anEnvironmentVariableNeedsToBeOnTheList() {
    String name =
        System.getenv().keySet().stream().filter(k -> k.equals("PATH")).findFirst().orElseThrow();
    Events open = new Events("dev", URI.create("https://example.org/x"), Set.of(name, "NOT_SET_1"));

    JsonNode with = Schemas.parse(open.ended(Flights.ingested()));
    assertThat(with.at("/run/facets/environmentVariables/environmentVariables")).hasSize(1);
    assertThat(events.ended(Flights.ingested())).doesNotContain("environmentVariables");
  }

  @Test
  void snapshotIdsKeepAllTheirDigits() {
    assertThat(events.ended(Flights.featured())).contains("\"7710000000000000008\"");
  }

  @Test
  void whatIsNotANumberIsLeftOut() {
    DataSet model =
        Flights.model()
            .version("2")
            .model(ModelFacts.of(Flights.MODEL_SHA, Map.of("auc", Double.NaN), List.of()))
            .build();
    String event =
        events.ended(
            Flights.training()
                .outputs(List.of(model))
                .ended(RunFacts.Status.COMPLETED, Flights.T0)
                .build());

    assertThat(event).doesNotContain("NaN");
    assertThat(Schemas.problems(event)).isEmpty();
  }

  @Test
  void aRunThatGoesOnHasNoLastEvent() {
    assertThatThrownBy(() -> events.ended(Flights.ingest().build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has not ended. Fix: close it before its last event is made.");
  }

  @Test
  void aRunsIdIsAUuidOfVersionSeven() {
    assertThatThrownBy(
            () ->
                RunFacts.run(
                        java.util.UUID.fromString("7d444840-9dc0-11d1-b245-5ffdce74fad2"),
                        JobName.project("p"),
                        Instant.EPOCH)
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("A run's id is a UUIDv7");
    assertThat(RunIds.next().version()).isEqualTo(7);
  }

  @Test
  void columnLineageNeedsASchema() {
    assertThatThrownBy(
            () ->
                DataSet.table(Flights.FLIGHTS_NAME, "flights")
                    .column("a", List.of(ColumnSource.identity(Flights.DELAYS_NAME, "b")))
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "flights has column lineage but no schema; Marquez would drop it. Fix: add the schema.");
  }
}
