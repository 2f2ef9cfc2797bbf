package dev.headwater.lineage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings as a process of its own finds them, since only that has variables of its own. */
class EnvironmentIT {
  private final Path folder;

  EnvironmentIT(@TempDir Path folder) {
    this.folder = folder;
  }

  /** What the process does: one delivery to wherever its environment says. */
  static final class Deliver {
    private Deliver() {}

    public static void main(String[] args) {
      try {
        Destination destination = ClientSettings.read(Path.of(".")).open().orElseThrow();
        System.out.println(destination.deliver(Events.in("dev").ended(Flights.ingested())));
        destination.close();
      } catch (LineageException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private String deliver(Map<String, String> environment, String without) throws Exception {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(entry -> without.isEmpty() || !entry.contains(without))
            .collect(Collectors.joining(File.pathSeparator));
    ProcessBuilder process =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Duser.home=" + folder,
                "-cp",
                classPath,
                Deliver.class.getName()));
    process.environment().putAll(environment);
    process.directory(folder.toFile());
    process.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process started = process.start();
    String out = new String(started.getInputStream().readAllBytes(), UTF_8);
    started.waitFor();
    return out.strip();
  }

  @Test
  void theClientsOwnVariablesAreUnderstood() throws Exception {
    try (LineageServer server = LineageServer.answering(201)) {
      String out =
          deliver(
              Map.of(
                  "OPENLINEAGE__TRANSPORT__TYPE", "http",
                  "OPENLINEAGE__TRANSPORT__URL", server.url(),
                  "OPENLINEAGE__TRANSPORT__AUTH", "{\"type\": \"api_key\", \"apiKey\": \"k2\"}"),
              "");

      assertThat(out).isEqualTo("Accepted[]");
      assertThat(server.authorizations()).containsExactly("Bearer k2");
    }
  }

  @Test
  void withoutKafkasJarTheMessageSaysSo() throws Exception {
    String out =
        deliver(
            Map.of(
                "OPENLINEAGE__TRANSPORT__TYPE", "kafka",
                "OPENLINEAGE__TRANSPORT__TOPIC_NAME", "lineage"),
            "kafka-clients");

    assertThat(out)
        .isEqualTo(
            "The lineage transport kafka needs kafka-clients, which is not on the class path."
                + " Fix: add org.apache.kafka:kafka-clients, or use the transport http.");
  }
}
