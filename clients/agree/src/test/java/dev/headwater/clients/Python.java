package dev.headwater.clients;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.util.Optional;

/** Pythons that have what a test needs. */
final class Python {
  private Python() {}

  /**
   * The one that a variable of the environment names. Skips the test, with the reason, where it
   * cannot import what is needed; never in CI.
   *
   * @param packages what pip would install
   */
  static String with(String variable, String imports, String packages) {
    String python = Optional.ofNullable(System.getenv(variable)).orElse("python3");
    if (has(python, imports)) {
      return python;
    }
    String said =
        "Not tested: '"
            + python
            + "' cannot import "
            + imports
            + ". Fix: pip install '"
            + packages
            + "' into a virtual environment, and let "
            + variable
            + " be its python.";
    if (System.getenv("CI") != null) {
      throw new IllegalStateException(said);
    }
    System.err.println(said);
    return abort(said);
  }

  private static boolean has(String python, String imports) {
    try {
      return new ProcessBuilder(python, "-c", "import " + imports)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
