package dev.headwater.catalog.registry;

import java.util.List;
import java.util.Optional;

/** An ordered, durable list of payloads that are to be sent on; it keeps them for ever. */
@SuppressWarnings("DoNotCallSuggester")
public final class Journal {
  Journal() {}

  /** Appends; the same key again changes nothing and returns the first one's sequence. */
  public long append(String key, String subject, String payload) {
    throw new UnsupportedOperationException();
  }

  /** What is neither delivered nor parked, in order. */
  public List<Entry> pending(int limit) {
    throw new UnsupportedOperationException();
  }

  public List<Entry> parked(int limit) {
    throw new UnsupportedOperationException();
  }

  public Optional<Entry> find(long sequence) {
    throw new UnsupportedOperationException();
  }

  /** All entries after a sequence, in order. */
  public List<Entry> after(long sequence, int limit) {
    throw new UnsupportedOperationException();
  }

  /** All entries about a subject, in order. */
  public List<Entry> about(String subject) {
    throw new UnsupportedOperationException();
  }

  public void delivered(long sequence, String answer) {
    throw new UnsupportedOperationException();
  }

  /** An attempt failed; the entry stays pending. */
  public void failed(long sequence, String answer) {
    throw new UnsupportedOperationException();
  }

  public void parked(long sequence, String answer) {
    throw new UnsupportedOperationException();
  }

  /** Makes a parked entry pending again. */
  public void retry(long sequence) {
    throw new UnsupportedOperationException();
  }

  /** How many entries are in each state. */
  public long count(Entry.State state) {
    throw new UnsupportedOperationException();
  }
}
