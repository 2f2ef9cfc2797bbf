package dev.headwater.lineage;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The durable outbox: events in the order in which they happened, each pending, delivered or
 * parked. A port; whoever has a database stands behind it. What is appended survives the process
 * before {@code append} returns. Delivered events stay: the journal is also the archive.
 *
 * <p>Several processes may append; one at a time delivers (see {@link #lead}).
 */
public interface Journal {
  /**
   * Appends events, all or none, in their order; one that is there already stays where it is.
   *
   * @param subject what they are about, to be found by {@link #has}
   * @return the sequence number of the last one
   */
  long append(String subject, List<String> payloads);

  /** Whether events about a subject were ever appended. */
  boolean has(String subject);

  /** The oldest pending events, in order, at most {@code limit}. */
  List<Entry> pending(int limit);

  /** The oldest parked events, in order, at most {@code limit}. */
  List<Entry> parked(int limit);

  /** Marks an event as accepted by the server. Again: no change. */
  void delivered(long sequence);

  /** Marks an event as refused for good, with the server's answer. */
  void parked(long sequence, String answer);

  /** Notes an attempt that failed and will be repeated. */
  void attempted(long sequence, String error);

  /**
   * Makes every event from this one on pending again, delivered or parked.
   *
   * @return how many they are
   */
  int rewind(long sequence);

  /** What is left; cheap, however long the archive is. */
  Counts counts();

  /** How many were ever delivered. */
  long sent();

  /**
   * Takes or keeps the sole right to deliver until the lease runs out.
   *
   * @return false while another owner's lease runs
   */
  boolean lead(String owner, Duration lease);

  /** Gives the right to deliver back; nothing happens when it is not the owner's. */
  void resign(String owner);

  /**
   * An event in the journal.
   *
   * @param attempts how often its delivery failed
   * @param answer the last error or, of a parked one, what the server said
   */
  record Entry(long sequence, String payload, int attempts, @Nullable String answer) {}

  /** How many events wait, and how many were refused. */
  record Counts(long pending, long parked) {}
}
