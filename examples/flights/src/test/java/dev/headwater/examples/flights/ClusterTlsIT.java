package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster that the project names, over TLS, which asks for a certificate. */
final class ClusterTlsIT {
  private static final String PASSWORD = "canary-of-the-keys";
  private static final Map<String, String> SECRETS = Map.of("FLINK_KEYS", PASSWORD);

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  @Test
  void jobsAreSentAndWatched() throws Exception {
    ClusterKeys keys = ClusterKeys.make(folder, PASSWORD);
    String store = "{file: " + keys.store() + ", password: {secret: env/FLINK_KEYS}}";
    try (FlinkCluster cluster = FlinkCluster.start(folder.resolve("cluster"), 1, keys)) {
      String clusters =
          """
          clusters:
            safe:
              address: https://%1$s
              truststore: %2$s
              keystore: %2$s
            stranger:
              address: https://%1$s
              truststore: %2$s
            trusting:
              address: https://%1$s
          """
              .formatted(cluster.address(), store);
      String ingest =
          SmallFlights.YAML
              .substring(0, SmallFlights.YAML.indexOf("features:"))
              .replace("    time: date", "    java: acme.Mark\n    time: date");
      SmallFlights flights =
          SmallFlights.empty(folder.resolve("project"))
              .yaml(ingest + clusters)
              .flights("a.parquet", "file_row_number % 3000 = 0");
      String classPath =
          Command.classPath() + ":" + UserJar.make(flights.folder(), "Mark", UserJar.MARK);
      try (Command run =
          Command.java(
              flights.folder(),
              SECRETS,
              classPath,
              "dev.headwater.runners.Headwater",
              "run",
              "--cluster",
              "safe")) {
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(run.output()).contains("FlinkRunner on safe");
      }
      // What the workers lack went there by the same door.
      assertThat(cluster.get("/jars").path("files").toString()).contains("headwater-job-");
      try (Command list = command(flights, "job", "list", "--cluster", "safe")) {
        assertThat(list.status()).as(list.output()).isZero();
        assertThat(list.output()).contains("finished");
      }
      refused(flights, "stranger", 5, "Cannot reach the Flink cluster at stranger");
      refused(flights, "trusting", 5, "Cannot reach the Flink cluster at trusting");
      refused(flights, "unsafe", 2, "none of the project's: safe, stranger, trusting");

      // Neither the job nor what was logged and recorded of it knows the password.
      String job = cluster.jobs("FINISHED").get(0);
      assertThat(cluster.get("/jobs/" + job + "/config").toString()).doesNotContain(PASSWORD);
      try (Stream<Path> files = Files.walk(flights.folder())) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          assertThat(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
              .as(file.toString())
              .doesNotContain(PASSWORD);
        }
      }
    }
  }

  private static void refused(SmallFlights flights, String cluster, int status, String says) {
    try (Command run = command(flights, "job", "list", "--cluster", cluster)) {
      assertThat(run.status()).as(run.output()).isEqualTo(status);
      assertThat(run.output()).contains(says, "Fix: ");
    }
  }

  private static Command command(SmallFlights flights, String... arguments) {
    return Command.start(flights.folder(), SECRETS, arguments);
  }
}
