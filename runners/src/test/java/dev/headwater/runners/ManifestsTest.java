package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** A project as resources of Kubernetes, against the schemas that its Flink operator brings. */
final class ManifestsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String YAML =
      """
      project: flights
      catalogs:
        default:
          uri: jdbc:postgresql://db/headwater
          warehouse: s3://acme/warehouse
          jdbc.user: hw
          jdbc.password: {secret: env/PG_PASSWORD}
      clusters:
        prod:
          kubernetes:
            image: registry.example.com/flights:1
            namespace: data
            workers: 2
            slots: 2
            state: s3://acme/flink/
            environment: {AWS_REGION: eu-west-1}
        gpus:
          compute: gpu
          kubernetes: {image: "registry.example.com/flights:1", namespace: data, memory: 16g}
      sources:
        files: s3://acme/raw/*.parquet
        clicks_topic:
          kafka:
            servers: kafka:9092
            topic: clicks
            columns: {id: long}
            properties: {sasl.jaas.config: {secret: file//run/secrets/jaas}}
      tables:
        flights: {from: files, contract: contracts/flights.yaml, resources: {compute: gpu}}
        late_clicks: {from: clicks_topic}
      """;

  @TempDir private Path folder = Path.of("unset");

  private Project project(String... changes) throws IOException {
    Files.createDirectories(folder.resolve("contracts"));
    Files.writeString(folder.resolve("contracts/flights.yaml"), "columns: {id: {max: 9}}\n");
    String yaml = YAML;
    for (int i = 0; i < changes.length; i += 2) {
      assertThat(yaml).contains(changes[i]);
      yaml = yaml.replace(changes[i], changes[i + 1]);
    }
    Files.writeString(folder.resolve(ProjectFile.NAME), yaml);
    return ProjectFile.read(folder);
  }

  @Test
  void allOfIt() throws IOException {
    String written =
        Manifests.of(project(), "0 * * * *").stream()
            .map(ManifestsVerb::yaml)
            .collect(Collectors.joining("---\n"));
    Path golden = Path.of("src/test/resources/dev/headwater/runners/manifests.yaml");
    assertThat(written).isEqualTo(Files.readString(golden));
  }

  @Test
  void whatTheOperatorTakes() throws IOException {
    List<Map<String, Object>> all = Manifests.of(project(), "0 * * * *");
    JsonNode deployment = schema("flinkdeployments");
    JsonNode job = schema("flinksessionjobs");
    // The operator's schema of a deployment has that of a pod.
    JsonNode pod = deployment.at("/properties/spec/properties/podTemplate");
    List<String> checked = new ArrayList<>();
    for (Map<String, Object> resource : all) {
      String kind = String.valueOf(resource.get("kind"));
      JsonNode is = JSON.valueToTree(resource);
      switch (kind) {
        case "FlinkDeployment" -> assertThat(mistakes(deployment, is)).isEmpty();
        case "FlinkSessionJob" -> assertThat(mistakes(job, is)).isEmpty();
        case "CronJob" ->
            assertThat(mistakes(pod, is.at("/spec/jobTemplate/spec/template"))).isEmpty();
        default -> {
          continue;
        }
      }
      checked.add(kind);
    }
    assertThat(checked)
        .containsExactly("FlinkDeployment", "FlinkDeployment", "FlinkSessionJob", "CronJob");

    // What this is worth: a key that nobody knows, a word that is none of the known ones.
    ObjectNode wrong = JSON.valueToTree(all.get(2));
    ((ObjectNode) wrong.at("/spec/taskManager")).put("replica", 2);
    ((ObjectNode) wrong.at("/spec")).put("flinkVersion", "1.19");
    assertThat(mistakes(deployment, wrong))
        .hasSize(2)
        .anyMatch(m -> m.contains("replica is unknown"))
        .anyMatch(m -> m.contains("flinkVersion"));
  }

  @Test
  void whatCanNotRunThereIsSaid() throws IOException {
    refused(
        "No cluster in Kubernetes has what table/flights needs: compute: gpu, memory: 101376m",
        project("{compute: gpu}", "{compute: gpu, memory: 99g}"));
    refused("is a file of one machine", project("default:\n", "other:\n"));
    refused(
        "would be in a file",
        project(
            "uri: jdbc:postgresql://db/headwater",
            "type: rest\n    uri: https://c",
            "    jdbc.user: hw\n    jdbc.password: {secret: env/PG_PASSWORD}\n",
            ""));
    refused(
        "can't be the name of a deployment", project("gpus:\n", "gpus" + "s".repeat(50) + ":\n"));
    Files.writeString(folder.resolve(ProjectFile.NAME), "project: p\n");
    refused("has no cluster in Kubernetes", ProjectFile.read(folder));
  }

  @Test
  void otherFilesAreOtherPods() throws IOException {
    String before = digest(project());
    assertThat(digest(project())).isEqualTo(before);
    assertThat(digest(project("topic: clicks", "topic: clacks"))).isNotEqualTo(before);
  }

  private static String digest(Project project) {
    JsonNode all = JSON.valueToTree(Manifests.of(project, "0 * * * *"));
    String digest = all.at("/2/spec/podTemplate/metadata/annotations").elements().next().asText();
    assertThat(all.at("/4/spec/job/args/3").asText()).isEqualTo(digest);
    return digest;
  }

  private static void refused(String says, Project project) {
    assertThatThrownBy(() -> Manifests.of(project, "0 * * * *")).hasMessageContaining(says);
  }

  private static JsonNode schema(String resource) throws IOException {
    String file = "META-INF/fabric8/" + resource + ".flink.apache.org-v1.yml";
    try (InputStream in =
        Objects.requireNonNull(ManifestsTest.class.getClassLoader().getResourceAsStream(file))) {
      Object loaded = new Load(LoadSettings.builder().build()).loadFromInputStream(in);
      JsonNode top = JSON.valueToTree(loaded);
      ObjectNode schema = (ObjectNode) top.at("/spec/versions/0/schema/openAPIV3Schema");
      ObjectNode properties = (ObjectNode) schema.get("properties");
      for (String of : List.of("apiVersion", "kind", "metadata")) {
        properties.putObject(of);
      }
      return schema;
    }
  }

  private static List<String> mistakes(JsonNode schema, JsonNode resource) {
    List<String> wrong = new ArrayList<>();
    check(schema, resource, "", wrong);
    return wrong;
  }

  /** As the API server checks what it gets; but a key that it would drop is a mistake. */
  private static void check(JsonNode schema, JsonNode value, String at, List<String> wrong) {
    if (schema.has("enum")
        && !JSON.convertValue(schema.get("enum"), List.class).contains(value.asText())) {
      wrong.add(at + " is " + value + ", none of " + schema.get("enum"));
    }
    boolean is =
        switch (schema.path("type").asText()) {
          case "object" -> value.isObject();
          case "array" -> value.isArray();
          case "string" -> value.isTextual();
          case "integer" -> value.isIntegralNumber();
          case "number" -> value.isNumber();
          case "boolean" -> value.isBoolean();
          default -> true;
        };
    if (!is) {
      wrong.add(at + " is " + value + ", no " + schema.get("type"));
    }
    schema
        .path("required")
        .forEach(
            key -> {
              if (!value.has(key.asText())) {
                wrong.add(at + "/" + key.asText() + " is missing");
              }
            });
    if (value.isArray()) {
      value.forEach(item -> check(schema.path("items"), item, at + "/*", wrong));
    }
    value
        .fields()
        .forEachRemaining(
            field -> {
              String below = at + "/" + field.getKey();
              JsonNode named = schema.path("properties").path(field.getKey());
              if (!named.isMissingNode()) {
                check(named, field.getValue(), below, wrong);
              } else if (schema.path("additionalProperties").isObject()) {
                check(schema.get("additionalProperties"), field.getValue(), below, wrong);
              } else if (schema.has("properties")) {
                wrong.add(below + " is unknown");
              }
            });
  }
}
