package dev.headwater.lineage;

/**
 * Where events go: a lineage server, a topic, a file. Used by one thread at a time.
 *
 * <p>{@link #deliver} returns only when the destination has the event.
 */
public interface Destination extends AutoCloseable {
  /** Sends one event and waits for the answer; never throws for what a server or a network does. */
  Answer deliver(String payload);

  /** Where that is, without secrets: {@code http https://marquez.example/api/v1/lineage}. */
  String description();

  @Override
  void close();

  /** What came of a delivery. */
  sealed interface Answer {
    /** The destination has it. */
    record Accepted() implements Answer {}

    /** It may work later: no connection, 5xx, 429. */
    record Later(String why) implements Answer {}

    /** It will never be taken as it is; the server's own words. */
    record Refused(String answer) implements Answer {}
  }
}
