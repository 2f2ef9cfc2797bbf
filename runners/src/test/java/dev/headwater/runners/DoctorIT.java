package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.broker.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor finds where something is broken, each thing for itself. */
final class DoctorIT {
  private static final String PROJECT =
      """
      project: shop
      sources:
        in: {files: data/*.csv, columns: {id: long, town: string}}
      tables:
        rides: {from: in}
      """;

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  @SuppressWarnings("NullAway.Init")
  private TestProject project;

  @BeforeEach
  void project() throws IOException {
    project = new TestProject(folder);
    Files.writeString(folder.resolve("data/a.csv"), "id,town\n1,x\n");
    project.yaml(PROJECT);
  }

  /** By what was looked at: its state and what is so. */
  private Map<String, String> found(int status) throws IOException {
    assertThat(project.headwater("doctor", "-o", "json")).as(project.said()).isEqualTo(status);
    JsonNode said = new ObjectMapper().readTree(project.said());
    assertThat(said.get("well").asBoolean()).isEqualTo(status == 0);
    Map<String, String> found = new TreeMap<>();
    for (JsonNode finding : said.get("findings")) {
      String state = finding.get("state").asText();
      assertThat(finding.has("fix")).as(finding.toString()).isEqualTo(!state.equals("well"));
      found.put(finding.get("about").asText(), state + ": " + finding.get("what").asText());
    }
    return found;
  }

  @Test
  void allIsWellBeforeTheFirstRunAndAfterIt() throws IOException {
    for (int i = 0; i < 2; i++) {
      Map<String, String> found = found(0);
      assertThat(found)
          .containsOnlyKeys(
              "java",
              "memory",
              "cores",
              "disk",
              "temporary",
              "versions",
              "catalog",
              "runs",
              "lineage");
      assertThat(found.get("catalog")).startsWith("well: jdbc:sqlite:").contains(", write, ");
      assertThat(found.get("runs")).startsWith("well: SQLite 3");
      assertThat(found.get("versions"))
          .contains("beam 2.", "iceberg ", "kafka ")
          .contains("djl 0.");
      assertThat(project.headwater("run")).as(project.said()).isZero();
    }
    assertThat(project.headwater("doctor")).isZero();
    assertThat(project.said()).containsPattern("(?m)^  well      catalog    jdbc:sqlite:");
  }

  @Test
  void eachThingThatIsBrokenIsNamedAndTheRestIsStillLookedAt() throws IOException {
    int port = Ports.free();
    project.yaml(
        PROJECT.replace(
            "tables:\n",
            """
                  clicks: {kafka: {servers: "127.0.0.1:%d", topic: clicks, columns: {id: long}}}
                catalogs:
                  prod: {type: rest, uri: "http://127.0.0.1:%d"}
                clusters:
                  flink: {address: "127.0.0.1:%d"}
                registry: {uri: "jdbc:postgresql://127.0.0.1:%d/runs"}
                tables:
                """
                .formatted(port, port, port, port)));
    Files.writeString(
        folder.resolve("openlineage.yml"),
        "transport: {type: http, url: 'http://127.0.0.1:%d'}\n".formatted(port));
    Map<String, String> found = found(1);
    assertThat(found.get("topic clicks")).startsWith("ill: ");
    assertThat(found.get("catalog prod")).startsWith("ill: ").contains("does not answer");
    assertThat(found.get("cluster flink")).startsWith("ill: ");
    assertThat(found.get("runs")).startsWith("ill: ").contains("does not answer");
    assertThat(found.get("catalog")).startsWith("well: ");
    assertThat(found.get("disk")).startsWith("well: ");

    project.yaml(PROJECT);
    assertThat(found(0).get("lineage")).startsWith("doubtful: ").contains("does not answer");
    Files.writeString(folder.resolve("openlineage.yml"), "transport: {type: pigeon}\n");
    assertThat(found(1).get("lineage")).startsWith("ill: Cannot understand ");
  }

  @Test
  void aDamagedDatabaseAndAWarehouseThatCannotBeWrittenAreTold() throws IOException {
    Path home = Files.createDirectories(folder.resolve(".headwater"));
    Files.writeString(home.resolve("warehouse"), "a file where a folder should be");
    Map<String, String> found = found(1);
    assertThat(found.get("catalog"))
        .startsWith("ill: The warehouse ")
        .contains("cannot be written");
    assertThat(found.get("runs")).startsWith("well: ");
    Files.delete(home.resolve("warehouse"));
    Files.writeString(home.resolve("catalog.db"), "no database ".repeat(1_000));
    Files.deleteIfExists(home.resolve("catalog.db-wal"));
    Files.deleteIfExists(home.resolve("catalog.db-shm"));
    found = found(1);
    assertThat(found.get("catalog")).startsWith("ill: ").contains("is damaged or not a database");
    assertThat(found.get("runs")).startsWith("ill: ");
    assertThat(found.get("java")).startsWith("well: ");
  }
}
