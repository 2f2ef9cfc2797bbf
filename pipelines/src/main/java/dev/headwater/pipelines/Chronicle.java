package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.registry.Run;
import dev.headwater.lineage.Added;
import dev.headwater.lineage.ClientSettings;
import dev.headwater.lineage.Events;
import dev.headwater.lineage.Journal;
import dev.headwater.lineage.LineageException;
import dev.headwater.lineage.RunFacts;
import dev.headwater.pipelines.project.Environment;
import dev.headwater.pipelines.project.Project;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes lineage events of runs into the durable outbox, and has them sent where a server is
 * configured. It never fails or holds up a run.
 */
final class Chronicle implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Chronicle.class);

  /** Behind a run's id: the subject of its last event. */
  private static final String END = " end";

  /** So many of the newest runs are looked at for ends that nobody told. */
  private static final int LOOKED_AT = 100;

  private final Journal journal;
  private final RunRecords records;
  private final Events events;
  private final AtomicLong spent = new AtomicLong();
  private @Nullable Delivery delivery;

  private Chronicle(Journal journal, RunRecords records, Events events) {
    this.journal = journal;
    this.records = records;
    this.events = events;
  }

  /** Sends in the background where {@code openlineage.yml} or the environment names a server. */
  static Chronicle open(Workspace workspace, Journal journal, RunRecords records) {
    Project project = workspace.project();
    Path folder = project.origin().folder();
    Optional<ClientSettings> settings = settings(folder);
    String namespace = namespace(project, settings.flatMap(ClientSettings::namespace));
    Added added = settings.map(ClientSettings::added).orElse(Added.NOTHING);
    Chronicle chronicle = new Chronicle(journal, records, Events.in(namespace, added));
    chronicle.catchUp(workspace);
    try {
      CatalogConfig registry = Workspace.registryOf(project);
      chronicle.delivery =
          settings.flatMap(s -> Delivery.begin(s, journal, registry, folder)).orElse(null);
    } catch (LineageException e) {
      LOG.warn("Lineage events are kept, not sent: {}", e.getMessage());
    }
    return chronicle;
  }

  /** Of runs that nobody else is told of. */
  static Chronicle silent(Workspace workspace, Journal journal, RunRecords records) {
    return new Chronicle(journal, records, Events.in(workspace.project().name()));
  }

  /** Runs of several environments are of different jobs. */
  private static String namespace(Project project, Optional<String> set) {
    Environment there = project.environment();
    boolean dev = there.name().equals(Environment.DEV);
    return there.lineage() != null
        ? there.lineage()
        : set.orElseGet(() -> project.name() + (dev ? "" : "." + there.name()));
  }

  private static Optional<ClientSettings> settings(Path folder) {
    try {
      return Optional.of(ClientSettings.read(folder));
    } catch (LineageException e) {
      LOG.warn("Lineage events are kept, not sent: {}", e.getMessage());
      return Optional.empty();
    }
  }

  /** Tells the ends of runs whose process died between closing them and telling it. */
  private void catchUp(Workspace workspace) {
    try {
      String project = workspace.project().name();
      for (UUID run : workspace.registry().journal().untold(project, END, LOOKED_AT)) {
        workspace.registry().runs().find(run).ifPresent(this::ended);
      }
    } catch (RuntimeException e) {
      LOG.warn("The ends of earlier runs could not be told; the run goes on", e);
    }
  }

  void started(Run run) {
    tell(run.id().toString(), () -> events.started(facts(run)));
  }

  /** A sign of life of a run that streams. */
  void running(Run run) {
    tell(run.id().toString(), () -> List.of(events.running(facts(run), Instant.now())));
  }

  /** The end; its start too, where the process died before it had told that. */
  void ended(Run run) {
    tell(
        run.id() + END,
        () -> {
          RunFacts facts = facts(run);
          boolean begun = journal.has(run.id().toString());
          List<String> told = new ArrayList<>(begun ? List.of() : events.started(facts));
          told.add(events.ended(facts));
          return told;
        });
  }

  private RunFacts facts(Run run) {
    return records.telling().facts(run);
  }

  private void tell(String subject, Supplier<List<String>> made) {
    long began = System.nanoTime();
    try {
      journal.append(subject, made.get());
      if (delivery != null) {
        delivery.wake();
      }
    } catch (RuntimeException e) {
      LOG.warn("A lineage event could not be written; the run goes on", e);
    }
    spent.addAndGet(System.nanoTime() - began);
  }

  @Override
  public void close() {
    if (delivery != null) {
      long began = System.nanoTime();
      delivery.close();
      long waited = System.nanoTime() - began;
      LOG.info("lineage took {} ms, its end {} ms", millis(spent.get()), millis(waited));
    }
  }

  private static long millis(long nanos) {
    return nanos / 1_000_000;
  }
}
