package dev.headwater.clients;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Beam's expansion service with our jars, in a process of its own, that runs what it expands. */
record Expansion(Process process, int port) implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Returns when it answers. Another took the port that was free: a few are tried. */
  static Expansion start(Path log) throws IOException, InterruptedException {
    for (int tries = 0; tries < 3; tries++) {
      int port = free();
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx512m",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  ClientProcess.classPath("beam"),
                  "org.apache.beam.sdk.expansion.service.ExpansionService",
                  String.valueOf(port),
                  "--alsoStartLoopbackWorker")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      if (answers(process, port)) {
        return new Expansion(process, port);
      }
      process.destroyForcibly();
    }
    throw new IllegalStateException("The expansion service does not start; see " + log);
  }

  private static boolean answers(Process process, int port) throws InterruptedException {
    for (Instant end = Instant.now().plus(PATIENCE);
        process.isAlive() && Instant.now().isBefore(end);
        Thread.sleep(100)) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return socket.isConnected();
      } catch (IOException e) {
        // Not yet.
      }
    }
    return false;
  }

  private static int free() throws IOException {
    try (ServerSocket door = new ServerSocket(0)) {
      return door.getLocalPort();
    }
  }

  /** Has Beam's Python run a file of its YAML. */
  void run(String python, Path yaml, String variables, Path log)
      throws IOException, InterruptedException {
    Process beam =
        new ProcessBuilder(
                List.of(
                    python,
                    "-m",
                    "apache_beam.yaml.main",
                    "--yaml_pipeline_file=" + yaml,
                    "--jinja_variables=" + variables))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      // A worker that cannot start leaves the runner waiting for ever.
      boolean ended = beam.waitFor(5, TimeUnit.MINUTES);
      if (!ended || beam.exitValue() != 0) {
        throw new IllegalStateException(
            "The pipeline " + (ended ? "failed" : "does not end") + "; see " + log);
      }
    } finally {
      beam.destroyForcibly();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
