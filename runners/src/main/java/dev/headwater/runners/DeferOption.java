package dev.headwater.runners;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The word for reading from another environment what isn't made here. */
final class DeferOption {
  @Option(
      names = "--defer",
      paramLabel = "ENV",
      description =
          "Read from this environment what isn't here and isn't asked for, or is unchanged.")
  private @Nullable String environment;

  /** The environment that was named; null: none. */
  @Nullable String environment() {
    return environment;
  }
}
