package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Locks;
import dev.headwater.catalog.registry.Run;
import dev.headwater.catalog.registry.Runs;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The record of a whole run of the project, the parent of its stages' records. It is written when
 * the first stage has something to do; a lock says that its process lives.
 */
final class WholeRun implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WholeRun.class);
  private static final String STAGE = "run";
  private static final Duration LEASE = Duration.ofSeconds(30);

  private final Workspace workspace;
  private final Chronicle chronicle;
  private final Run run;
  private Locks.@Nullable Lock alive;

  private WholeRun(Workspace workspace, Chronicle chronicle, Run run) {
    this.workspace = workspace;
    this.chronicle = chronicle;
    this.run = run;
  }

  static WholeRun of(Workspace workspace, Chronicle chronicle, String version) {
    String project = workspace.project().name();
    return new WholeRun(
        workspace,
        chronicle,
        Run.open(
            project, STAGE, project, null, List.of(), workspace.parameters(Map.of()), "", version));
  }

  UUID id() {
    return run.id();
  }

  /** Writes the record, once: when this returns, it is there, whoever has begun. */
  synchronized void begin() {
    if (alive != null) {
      return;
    }
    alive = lock(run).orElseThrow();
    runs().start(run);
    chronicle.started(run);
  }

  /** Closes the record, if there is one. */
  synchronized void end(List<StageResult> results) {
    if (alive == null) {
      return;
    }
    String error =
        results.stream()
            .filter(r -> r.status() == StageResult.Status.FAILED)
            .findFirst()
            .map(r -> r.target() + ": " + message(r.failure()))
            .orElse(null);
    try {
      close(run, error);
    } catch (RuntimeException e) {
      LOG.warn("The record of the whole run stays open; the next run closes it", e);
    }
  }

  /** Closes the records of those whose process is gone: their stages are adopted one by one. */
  void closeAbandoned() {
    for (Run open : runs().allOpen(run.project(), run.target())) {
      try (Locks.Lock gone = lock(open).orElse(null)) {
        // It may have ended by itself since it was looked for.
        if (gone != null
            && runs().find(open.id()).filter(r -> r.status() == Run.Status.OPEN).isPresent()) {
          close(open, "It was interrupted.");
        }
      }
    }
  }

  private void close(Run open, @Nullable String error) {
    Run.Status status = error == null ? Run.Status.SUCCEEDED : Run.Status.FAILED;
    chronicle.ended(runs().finish(open.id(), status, List.of(), Map.of(), error));
  }

  private Optional<Locks.Lock> lock(Run of) {
    return workspace.registry().locks().tryLock(of.project(), STAGE + "/" + of.id(), LEASE);
  }

  private Runs runs() {
    return workspace.registry().runs();
  }

  private static String message(@Nullable Throwable failure) {
    return failure == null || failure.getMessage() == null ? "failed" : failure.getMessage();
  }

  @Override
  public synchronized void close() {
    if (alive != null) {
      alive.close();
    }
  }
}
