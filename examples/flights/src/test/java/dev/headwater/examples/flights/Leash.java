package dev.headwater.examples.flights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Runs another main class, and ends the JVM when the process that started it has gone. */
final class Leash {
  private static final int KILLED = 137;

  private Leash() {}

  /** The first argument is the main class. */
  public static void main(String[] arguments) throws Throwable {
    Thread held = new Thread(Leash::hold, "leash");
    held.setDaemon(true);
    held.start();
    Class.forName(arguments[0])
        .getMethod("main", String[].class)
        .invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
  }

  /** Nobody writes to it: it ends with the pipe. */
  private static void hold() {
    try {
      while (System.in.read() >= 0) {
        // Held.
      }
    } catch (IOException e) {
      // As gone as at its end.
    }
    Runtime.getRuntime().halt(KILLED);
  }

  /** A folder for a class path with this class and none of its neighbours. */
  static Path alone(Path folder) throws IOException {
    String name = Leash.class.getName().replace('.', '/') + ".class";
    Path root = folder.resolve("leash");
    Path file = root.resolve(name);
    if (!Files.exists(file)) {
      Files.createDirectories(file.getParent());
      try (InputStream in = Leash.class.getClassLoader().getResourceAsStream(name)) {
        Files.copy(in, file);
      }
    }
    return root;
  }
}
