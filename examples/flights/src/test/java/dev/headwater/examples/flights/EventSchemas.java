package dev.headwater.examples.flights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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

/** What is wrong with events by the JSON schemas of OpenLineage and by our own. */
final class EventSchemas {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path LINEAGE = Path.of("../../lineage/src").toAbsolutePath().normalize();

  private final Map<String, String> byId = new HashMap<>();
  private final JsonSchemaFactory factory;
  private final SchemaValidatorsConfig strict =
      SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();

  EventSchemas() {
    load(LINEAGE.resolve("test/resources/openlineage-spec"));
    load(LINEAGE.resolve("main/resources/dev/headwater/lineage/schemas"));
    factory =
        JsonSchemaFactory.getInstance(
            SpecVersion.VersionFlag.V202012,
            builder -> builder.schemaLoaders(loaders -> loaders.schemas(byId)));
  }

  private void load(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
        String text = Files.readString(file);
        byId.put(JSON.readTree(text).path("$id").asText(), text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of an event and of all facets in it, each by the schema that it names itself. */
  List<String> problems(JsonNode event) {
    List<String> problems = new ArrayList<>();
    check(event.path("schemaURL").asText(), event, problems);
    event
        .findParents("_schemaURL")
        .forEach(facet -> check(facet.path("_schemaURL").asText(), facet, problems));
    return problems;
  }

  private void check(String url, JsonNode node, List<String> problems) {
    if (!byId.containsKey(url.replaceFirst("#.*", ""))) {
      problems.add("unknown schema " + url);
      return;
    }
    factory
        .getSchema(SchemaLocation.of(url), strict)
        .validate(node)
        .forEach(message -> problems.add(url + ": " + message.getMessage()));
  }
}
