package dev.headwater.pipelines.testing;

import dev.headwater.pipelines.project.TestDecl;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a test ended.
 *
 * @param what why it did not pass, in a sentence; empty if it did
 * @param lines what differs, for a terminal
 * @param cause what broke it, if something did
 */
public record TestResult(
    TestDecl test,
    Outcome outcome,
    double seconds,
    String what,
    List<String> lines,
    @Nullable Throwable cause) {
  /** How. */
  public enum Outcome {
    PASSED,
    /** Something else came out than was expected. */
    FAILED,
    /** It could not be run to its end. */
    BROKEN
  }

  public TestResult {
    lines = List.copyOf(lines);
  }

  public boolean passed() {
    return outcome == Outcome.PASSED;
  }

  /** All that is said of it: what, and the lines below. */
  public String text() {
    return lines.isEmpty() ? what : what + "\n" + String.join("\n", lines);
  }
}
