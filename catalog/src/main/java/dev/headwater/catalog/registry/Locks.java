package dev.headwater.catalog.registry;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** One owner at a time for each target, between processes and machines. */
@SuppressWarnings("DoNotCallSuggester")
public final class Locks {
  Locks() {}

  /** Who holds a target. */
  public record Holder(String owner, String host, long pid, Instant since, Instant expires) {}

  /**
   * The target's lock, renewed in the background until it is closed; empty if another holds it. One
   * whose lease has run out, or whose process on this machine is gone, is taken over.
   */
  public Optional<Lock> tryLock(String project, String target, Duration lease) {
    throw new UnsupportedOperationException();
  }

  public Optional<Holder> holder(String project, String target) {
    throw new UnsupportedOperationException();
  }

  /** A lock that is held. */
  public interface Lock extends AutoCloseable {
    /** Throws if the lock was lost, as after a long sleep of the machine. */
    void check();

    @Override
    void close();
  }
}
