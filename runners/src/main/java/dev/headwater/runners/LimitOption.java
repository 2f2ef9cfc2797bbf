package dev.headwater.runners;

import picocli.CommandLine.Option;

/** How long a list may be. */
final class LimitOption {
  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      converter = Count.class,
      description = "How many; 20 by default.")
  private int limit = 20;

  int limit() {
    return limit;
  }
}
