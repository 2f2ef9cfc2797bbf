package dev.headwater.lineage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The schemas of OpenLineage and our own, from files alone. */
final class Schemas {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final List<Path> FOLDERS =
      List.of(
          Path.of("src/test/resources/openlineage-spec"),
          Path.of("src/main/resources/dev/headwater/lineage/schemas"));
  private static final Map<String, String> BY_ID = load();
  private static final JsonSchemaFactory FACTORY =
      JsonSchemaFactory.getInstance(
          SpecVersion.VersionFlag.V202012,
          builder -> builder.schemaLoaders(loaders -> loaders.schemas(BY_ID)));
  private static final SchemaValidatorsConfig STRICT =
      SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();

  private Schemas() {}

  static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(json, e);
    }
  }

  /** What is wrong with an event and each facet in it, by the schemas that they name themselves. */
  static List<String> problems(String event) {
    JsonNode node = parse(event);
    List<String> problems = new ArrayList<>();
    check(node.path("schemaURL").asText(), node, problems);
    facets(node.at("/run/facets"), problems);
    facets(node.at("/job/facets"), problems);
    for (String side : List.of("inputs", "outputs")) {
      for (JsonNode set : node.path(side)) {
        facets(set.path("facets"), problems);
        facets(set.path("inputFacets"), problems);
        facets(set.path("outputFacets"), problems);
      }
    }
    return problems;
  }

  private static void facets(JsonNode facets, List<String> problems) {
    facets
        .fields()
        .forEachRemaining(
            facet -> {
              String url = facet.getValue().path("_schemaURL").asText();
              check(url, facet.getValue(), problems);
              // The file's root says under which key the facet stands.
              JsonNode wrapped = JSON.createObjectNode().set(facet.getKey(), facet.getValue());
              check(url.substring(0, url.indexOf('#')), wrapped, problems);
              JsonNode properties =
                  parse(BY_ID.getOrDefault(url.substring(0, url.indexOf('#')), "{}"));
              if (!properties.path("properties").has(facet.getKey())) {
                problems.add(facet.getKey() + " is not the key of " + url);
              }
            });
  }

  private static void check(String url, JsonNode node, List<String> problems) {
    String id = url.contains("#") ? url.substring(0, url.indexOf('#')) : url;
    if (!BY_ID.containsKey(id)) {
      problems.add("unknown schema " + url);
      return;
    }
    JsonSchema schema = FACTORY.getSchema(SchemaLocation.of(url), STRICT);
    schema.validate(node).forEach(m -> problems.add(url + ": " + m.getMessage()));
  }

  private static Map<String, String> load() {
    Map<String, String> schemas = new HashMap<>();
    for (Path folder : FOLDERS) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
          String text = Files.readString(file);
          schemas.put(parse(text).path("$id").asText(), text);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return schemas;
  }
}
