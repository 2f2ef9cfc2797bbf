package dev.headwater.runners;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The word for what a protected environment holds back. */
final class ConfirmOption {
  @Option(
      names = "--confirm",
      paramLabel = "ENV",
      description = "Do it in this environment, though it is protected.")
  private @Nullable String environment;

  /** The environment that was named; null: none. */
  @Nullable String environment() {
    return environment;
  }
}
