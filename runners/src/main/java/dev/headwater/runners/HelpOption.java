package dev.headwater.runners;

import picocli.CommandLine.Option;

/** The help that every verb has. */
final class HelpOption {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  private boolean asked;

  boolean asked() {
    return asked;
  }
}
