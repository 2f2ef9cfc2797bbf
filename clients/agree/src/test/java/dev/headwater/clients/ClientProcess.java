package dev.headwater.clients;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A client in a process of its own, that does what it is told (see {@link Talk}). */
final class ClientProcess implements AutoCloseable {
  private final String name;
  private final Process process;
  private final BufferedWriter in;
  private final BufferedReader out;
  private final Path log;

  private ClientProcess(String name, List<String> command, Path log) throws IOException {
    this.name = name;
    this.log = log;
    process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    in =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII));
    out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
  }

  static ClientProcess start(String name, List<String> command) {
    try {
      Path logs = Files.createDirectories(Path.of("target", "clients"));
      return new ClientProcess(
          name, command, Files.createTempFile(logs.toAbsolutePath(), name, ".log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts a Java client of a sibling module, with the class path that its build has left.
   *
   * @param heap its greatest heap, "700m"
   */
  static ClientProcess java(
      String name, String heap, String main, List<String> options, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx" + heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Duser.timezone=UTC"));
    command.addAll(options);
    command.add("-cp");
    command.add(
        Path.of("..", name, "target", "classes").toAbsolutePath().normalize()
            + File.pathSeparator
            + classPath(name));
    command.add("dev.headwater.clients." + main);
    command.addAll(arguments);
    return start(name, command);
  }

  /** What the build of a sibling module has left. */
  static String classPath(String name) {
    try {
      return Files.readString(Path.of("..", name, "target", "class.path")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("mvn process-classes of that module writes it", e);
    }
  }

  /**
   * Has a statement done.
   *
   * @return the rows that come of it, as {@link Said}
   * @throws Refused if the client could not do it
   */
  synchronized List<String> run(String statement) {
    try {
      in.write(Base64.getEncoder().encodeToString(statement.getBytes(StandardCharsets.UTF_8)));
      in.write('\n');
      in.flush();
      List<String> rows = new ArrayList<>();
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        switch (line.charAt(0)) {
          case '=' -> rows.add(line.substring(1));
          case '.' -> {
            return rows;
          }
          default ->
              throw new Refused(
                  name
                      + ": "
                      + statement
                      + ": "
                      + new String(
                          Base64.getDecoder().decode(line.substring(1)), StandardCharsets.UTF_8));
        }
      }
      throw new IllegalStateException(name + " ended; see " + log);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " ended; see " + log, e);
    }
  }

  /** What a client could not do, with its own words. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }
  }

  @Override
  public void close() {
    try {
      in.close();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
