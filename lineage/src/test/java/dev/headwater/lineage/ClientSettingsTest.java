package dev.headwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientSettingsTest {
  private static final String EVENT = Events.in("dev").ended(Flights.ingested());
  private final Path folder;

  ClientSettingsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private ClientSettings read(Map<String, String> environment) {
    return ClientSettings.read(environment, List.of(folder));
  }

  private void file(String yaml) throws IOException {
    Files.writeString(folder.resolve("openlineage.yml"), yaml);
  }

  @Test
  void withoutSettingsEventsStay() {
    assertThat(read(Map.of()).open()).isEmpty();
    assertThat(read(Map.of()).origin()).isEqualTo("no openlineage.yml and no OPENLINEAGE_URL");
  }

  @Test
  void theUrlAndTheKeyOfTheEnvironmentAreUsed() {
    try (LineageServer server = LineageServer.answering(201);
        Destination destination =
            read(Map.of(
                    "OPENLINEAGE_URL", server.url() + "/",
                    "OPENLINEAGE_API_KEY", "k1",
                    "OPENLINEAGE_NAMESPACE", "prod"))
                .open()
                .orElseThrow()) {
      assertThat(destination.deliver(EVENT)).isEqualTo(new Destination.Answer.Accepted());
      assertThat(server.authorizations()).containsExactly("Bearer k1");
    }
    assertThat(read(Map.of("OPENLINEAGE_NAMESPACE", "prod")).namespace()).contains("prod");
  }

  @Test
  void aFileComesBeforeTheUrl() throws IOException {
    file("transport: {type: http, url: 'http://127.0.0.1:5000'}\njob: {namespace: team}\n");
    ClientSettings settings = read(Map.of("OPENLINEAGE_URL", "http://127.0.0.1:9"));

    try (Destination destination = settings.open().orElseThrow()) {
      assertThat(destination.description()).isEqualTo("http http://127.0.0.1:5000");
    }
    assertThat(settings.namespace()).contains("team");
    assertThat(settings.origin()).isEqualTo(folder.resolve("openlineage.yml").toString());
  }

  @Test
  void ownersTagsAndVariablesAreTakenFromTheFile() throws IOException {
    file(
        """
        transport: {type: console}
        job:
          owners: {team: air}
          tags: ["tier:gold"]
        facets:
          custom_environment_variables: [PATH]
        """);

    Added added = read(Map.of()).added();
    assertThat(added)
        .isEqualTo(new Added(Set.of("PATH"), Map.of("air", "team"), Map.of("tier", "gold")));
    String event = Events.in("dev", added).ended(Flights.scored());
    assertThat(Schemas.problems(event)).isEmpty();
    assertThat(Schemas.parse(event).at("/job/facets/ownership/owners/0/name").asText())
        .isEqualTo("air");
    assertThat(Schemas.parse(event).at("/job/facets/tags/tags/1/value").asText()).isEqualTo("gold");
    assertThat(event).contains("environmentVariables");
  }

  @Test
  void theFileOfTheVariableComesFirst() throws IOException {
    file("transport: {type: http, url: 'http://127.0.0.1:5000'}\n");
    Path other = Files.writeString(folder.resolve("x.yml"), "transport: {type: console}\n");

    assertThat(read(Map.of("OPENLINEAGE_CONFIG", other.toString())).origin())
        .isEqualTo(other.toString());
  }

  @Test
  void disabledMeansNowhere() throws IOException {
    file("transport: {type: http, url: 'http://127.0.0.1:5000'}\n");

    assertThat(read(Map.of("OPENLINEAGE_DISABLED", "true")).open()).isEmpty();
    assertThat(read(Map.of("OPENLINEAGE_DISABLED", "true")).origin())
        .isEqualTo("OPENLINEAGE_DISABLED");
  }

  @Test
  void aFileThatCannotBeUnderstoodIsSaidWithItsName() throws IOException {
    file("transport: {type: pigeon}\n");

    assertThatThrownBy(() -> read(Map.of()))
        .isInstanceOf(LineageException.class)
        .hasMessageContaining("Cannot understand " + folder.resolve("openlineage.yml"))
        .hasMessageContaining("Fix: write it as OpenLineage's Java client reads it");
  }

  @Test
  void aTransportWithoutItsSettingsIsSaid() throws IOException {
    file("transport: {type: http}\n");

    assertThatThrownBy(() -> read(Map.of()).open())
        .isInstanceOf(LineageException.class)
        .hasMessageContaining("Cannot open the lineage transport of " + folder)
        .hasMessageContaining("url can't be null");
  }

  @Test
  void aUrlThatIsNoneIsSaid() {
    assertThatThrownBy(() -> read(Map.of("OPENLINEAGE_URL", "http://a b")))
        .isInstanceOf(LineageException.class)
        .hasMessage(
            "OPENLINEAGE_URL is not a URL: http://a b."
                + " Fix: set it to the server's address, for example http://localhost:5000.");
  }
}
