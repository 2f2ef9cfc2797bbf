package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What has to stand in the events of a run of the whole example. */
final class ToldFacets {
  /** Those of docs/lineage.md that such a run has something to say in. */
  private static final List<String> FACETS =
      List.of(
          "parent processing_engine executionParameters test headwater_run headwater_pins",
          "jobType documentation ownership tags",
          "schema dataSource datasetType version symlinks storage catalog columnLineage",
          "dataQualityMetrics headwater_dataset headwater_model headwater_features headwater_drift",
          "inputStatistics dataQualityAssertions outputStatistics");

  private ToldFacets() {}

  static void all(List<JsonNode> events) {
    Set<String> facets = new HashSet<>();
    for (JsonNode event : events) {
      for (String kind : List.of("facets", "inputFacets", "outputFacets")) {
        event.findValues(kind).forEach(of -> of.fieldNames().forEachRemaining(facets::add));
      }
    }
    assertThat(facets).containsAll(List.of(String.join(" ", FACETS).split(" ")));
  }

  static void labels(JsonNode end) {
    for (JsonNode facets : List.of(end.at("/job/facets"), end.at("/outputs/0/facets"))) {
      assertThat(facets.at("/ownership/owners/0/name").asText()).isEqualTo("operations");
      assertThat(facets.at("/documentation/description").asText()).contains("as they were flown");
      assertThat(facets.at("/tags/tags/0/key").asText()).isEqualTo("hourly");
    }
  }

  static void features(JsonNode end) {
    JsonNode told = end.at("/outputs/0/facets/headwater_features");
    assertThat(told.path("from").asText()).isEqualTo("flights");
    assertThat(told.at("/key/0").asText()).isEqualTo("origin");
    assertThat(told.at("/values/mean_delay").asText()).isEqualTo("avg(delay)");
    assertThat(told.path("windows")).hasSize(2);
  }

  static void drift(JsonNode end) {
    JsonNode told = end.at("/outputs/0/facets/headwater_drift");
    assertThat(told.path("current").asText()).isEqualTo("late_scores");
    assertThat(told.path("against").asText()).isEqualTo("late@1");
    assertThat(told.path("columns")).hasSizeGreaterThan(10);
    assertThat(told.path("columns"))
        .allSatisfy(column -> assertThat(column.path("psi").isNumber()).isTrue());
  }
}
