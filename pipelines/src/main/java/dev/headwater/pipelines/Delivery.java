package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.lineage.ClientSettings;
import dev.headwater.lineage.FlushReport;
import dev.headwater.lineage.Journal;
import dev.headwater.lineage.Sender;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Sends a command's lineage events: in the background while it works. What is on its way when it
 * ends is finished by a process of its own, so that a slow server holds nobody up and the end of a
 * run still reaches it. From a server that did not take the last event nothing is expected: what
 * waits is the next command's, or that of {@code lineage flush}.
 */
final class Delivery implements AutoCloseable {
  /** With what follows it, a command's end waits less than 50 ms. */
  private static final Duration AT_END = Duration.ofMillis(20);

  private final Sender sender;
  private final CatalogConfig registry;
  private final Path folder;

  private Delivery(Sender sender, CatalogConfig registry, Path folder) {
    this.sender = sender;
    this.registry = registry;
    this.folder = folder;
  }

  /**
   * Begins to send, if there is where to; what waits goes first.
   *
   * @param registry where the journal is
   * @param folder where the settings were found
   * @throws dev.headwater.lineage.LineageException when the settings can't be opened
   */
  static Optional<Delivery> begin(
      ClientSettings settings, Journal journal, CatalogConfig registry, Path folder) {
    return settings.open().map(to -> new Delivery(Sender.start(journal, to), registry, folder));
  }

  /** There is something new to send. */
  void wake() {
    sender.wake();
  }

  @Override
  public void close() {
    FlushReport report = sender.flush(AT_END);
    sender.close();
    if (report.lastError() != null && !report.away()) {
      LateSender.start(registry, folder);
    }
  }
}
