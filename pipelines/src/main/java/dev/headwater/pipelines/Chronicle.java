package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Run;
import dev.headwater.lineage.ClientSettings;
import dev.headwater.lineage.Destination;
import dev.headwater.lineage.Events;
import dev.headwater.lineage.Journal;
import dev.headwater.lineage.LineageException;
import dev.headwater.lineage.Sender;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes lineage events of runs into the durable outbox, and has them sent where a server is
 * configured. It never fails or holds up a run.
 */
final class Chronicle implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Chronicle.class);

  private final Journal journal;
  private final RunRecords records;
  private final Events events;
  private final @Nullable Sender sender;

  private Chronicle(Journal journal, RunRecords records, Events events, @Nullable Sender sender) {
    this.journal = journal;
    this.records = records;
    this.events = events;
    this.sender = sender;
  }

  /** Sends in the background where {@code openlineage.yml} or the environment names a server. */
  static Chronicle open(Workspace workspace, Journal journal, RunRecords records) {
    Optional<Destination> destination = Optional.empty();
    String namespace = workspace.project().name();
    try {
      ClientSettings settings = ClientSettings.read(workspace.project().origin().folder());
      namespace = settings.namespace().orElse(namespace);
      destination = settings.open();
    } catch (LineageException e) {
      LOG.warn("Lineage events are kept, not sent: {}", e.getMessage());
    }
    return new Chronicle(
        journal,
        records,
        Events.in(namespace),
        destination.map(d -> Sender.start(journal, d)).orElse(null));
  }

  void started(Run run) {
    tell(() -> events.started(records.facts(run)));
  }

  /** A sign of life of a run that streams. */
  void running(Run run) {
    tell(() -> List.of(events.running(records.facts(run), Instant.now())));
  }

  void ended(Run run) {
    tell(() -> List.of(events.ended(records.facts(run))));
  }

  private void tell(java.util.function.Supplier<List<String>> made) {
    try {
      journal.append(made.get());
      if (sender != null) {
        sender.wake();
      }
    } catch (RuntimeException e) {
      LOG.warn("A lineage event could not be written; the run goes on", e);
    }
  }

  @Override
  public void close() {
    if (sender != null) {
      sender.flush(Sender.AT_END_OF_RUN);
      sender.close();
    }
  }
}
