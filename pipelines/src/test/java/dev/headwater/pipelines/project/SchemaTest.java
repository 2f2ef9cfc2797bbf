package dev.headwater.pipelines.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

final class SchemaTest {
  private static final Path EXAMPLE = Path.of("../examples/flights/headwater.yaml");
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void acceptsTheExampleAndItsExplanation() throws IOException {
    String text = Files.readString(EXAMPLE);
    assertThat(mistakes(text)).isEmpty();
    assertThat(mistakes(Explain.of(ProjectFile.read(EXAMPLE)))).isEmpty();
    assertThat(mistakes(KafkaTest.YAML)).isEmpty();
    assertThat(mistakes(Explain.of(ProjectFileTest.parse(KafkaTest.YAML)))).isEmpty();
    assertThat(mistakes(RunRulesTest.YAML)).isEmpty();
    assertThat(mistakes(EnvironmentsTest.YAML)).isEmpty();
    assertThat(mistakes(Explain.of(ProjectFileTest.parse(RunRulesTest.YAML)))).isEmpty();
  }

  @Test
  void refusesWhatTheReaderRefuses() throws IOException {
    String text = Files.readString(EXAMPLE);
    for (List<String> change :
        List.of(
            List.of("partition: month", "partiton: month"),
            List.of("[3h, 24h, 7d]", "[3 hours]"),
            List.of("    label: delay > 15\n", ""),
            List.of("{mlp: [64, 64]}", "[64, 64]"),
            List.of("by: week", "by: year"),
            List.of("project: flights", "project: my flights"),
            List.of("data/*.parquet", "{kafka: clicks}"))) {
      String wrong = text.replace(change.get(0), change.get(1));
      assertThat(wrong).isNotEqualTo(text);
      assertThat(mistakes(wrong)).as(change.get(1)).isNotEmpty();
      ProjectFileTest.problems(wrong).hasMessageContaining("headwater.yaml has ");
    }
  }

  @Test
  void knowsTheKeysThatTheReaderKnows() throws IOException {
    JsonNode nouns = JSON.readTree(file().toFile()).get("properties");
    for (String noun : List.of("tables", "features", "models", "scores", "monitors")) {
      assertThat(keys(nouns.get(noun).get("additionalProperties")))
          .as(noun)
          .isEqualTo(asked("project: p\n" + noun + ": {x: {nonsense_key: 1}}"));
    }
    JsonNode model = nouns.get("models").get("additionalProperties").get("properties");
    for (String part : List.of("split", "network", "training")) {
      assertThat(keys(model.get(part)))
          .as(part)
          .isEqualTo(asked("project: p\nmodels: {x: {" + part + ": {nonsense_key: 1}}}"));
    }
    JsonNode files = nouns.get("sources").get("additionalProperties").get("anyOf").get(1);
    assertThat(keys(files))
        .isEqualTo(asked("project: p\nsources: {x: {files: a.csv, nonsense_key: 1}}"));
    JsonNode topic = nouns.get("sources").get("additionalProperties").get("anyOf").get(2);
    assertThat(keys(topic.get("properties").get("kafka")))
        .isEqualTo(asked("project: p\nsources: {x: {kafka: {nonsense_key: 1}}}"));
    JsonNode table = nouns.get("tables").get("additionalProperties").get("properties");
    assertThat(keys(table.get("schema")))
        .isEqualTo(asked("project: p\ntables: {x: {schema: {nonsense_key: 1}}}"));
    assertThat(keys(JSON.readTree(file().toFile()).get("$defs").get("maintain")))
        .isEqualTo(asked("project: p\ntables: {x: {maintain: {nonsense_key: 1}}}"));
    assertThat(keys(nouns.get("runs"))).isEqualTo(asked("project: p\nruns: {nonsense_key: 1}"));
    assertThat(keys(nouns.get("runs").get("properties").get("retry")))
        .isEqualTo(asked("project: p\nruns: {retry: {nonsense_key: 1}}"));
    JsonNode cluster = nouns.get("clusters").get("additionalProperties").get("properties");
    assertThat(keys(cluster.get("kubernetes")))
        .isEqualTo(asked("project: p\nclusters: {x: {kubernetes: {nonsense_key: 1}}}"));
    assertThat(keys(nouns.get("environments").get("additionalProperties")))
        .isEqualTo(asked("project: p\nenvironments: {x: {nonsense_key: 1}}"));
    assertThat(keys(JSON.readTree(file().toFile()))).isEqualTo(asked("nonsense_key: 1"));
  }

  private static Set<String> keys(JsonNode section) {
    Set<String> keys = new TreeSet<>();
    section.get("properties").fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /** The keys that the reader offers instead of one that it doesn't know. */
  private static Set<String> asked(String text) {
    try {
      ProjectFileTest.parse(text);
    } catch (ProjectException e) {
      String what =
          e.problems().stream()
              .map(Problem::what)
              .filter(w -> w.contains("nonsense_key"))
              .findFirst()
              .orElseThrow();
      String listed = what.substring(what.indexOf("There are ") + 10, what.length() - 1);
      return new TreeSet<>(List.of(listed.split(", ")));
    }
    throw new AssertionError("was accepted: " + text);
  }

  private static List<String> mistakes(String yaml) throws IOException {
    JsonSchema schema =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(Files.readString(file()));
    Object loaded = new Load(LoadSettings.builder().build()).loadFromString(yaml);
    return schema.validate(JSON.valueToTree(loaded)).stream().map(Object::toString).toList();
  }

  private static Path file() {
    return Path.of("../docs/headwater.schema.json");
  }
}
