package dev.headwater.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Programs in processes of their own. */
record Shell(Path folder, Map<String, String> environment) {
  private static final int MINUTES = 10;

  /** What one says, which must end well. */
  String run(List<String> line) throws IOException, InterruptedException {
    Path output = Files.createTempFile("shell", ".out");
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    // No project's settings, and no class path, come from outside.
    builder
        .environment()
        .keySet()
        .removeIf(n -> n.startsWith("OPENLINEAGE") || n.startsWith("HEADWATER"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
        throw new AssertionError(line + " hangs: " + Files.readString(output));
      }
      String said = Files.readString(output, StandardCharsets.UTF_8);
      if (process.exitValue() != 0) {
        throw new AssertionError(line + " ended with " + process.exitValue() + ":\n" + said);
      }
      return said;
    } finally {
      process.destroyForcibly();
      Files.deleteIfExists(output);
    }
  }
}
