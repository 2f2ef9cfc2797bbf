package dev.headwater.catalog.registry;

import java.io.Serializable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of the journal.
 *
 * @param sequence its place: who reads it sees every smaller one that will ever be
 * @param key what makes it the same entry when it is appended again
 * @param subject what it is about, usually a run's id; entries are found by it
 * @param payload JSON that the registry doesn't read
 * @param answer what the receiver said last; null before the first attempt
 */
public record Entry(
    long sequence,
    String key,
    String subject,
    String payload,
    State state,
    int attempts,
    @Nullable String answer,
    Instant written)
    implements Serializable {

  /** Whether an entry has been sent on. A parked one was refused and waits for a person. */
  public enum State {
    PENDING,
    DELIVERED,
    PARKED
  }
}
