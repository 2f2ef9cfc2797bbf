package dev.headwater.lineage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A journal for tests; like a database, it outlives the senders over it. */
final class MemoryJournal implements Journal {
  enum State {
    PENDING,
    DELIVERED,
    PARKED
  }

  private record Row(Entry entry, State state) {}

  private final List<Row> rows = new ArrayList<>();
  private final Set<String> subjects = new HashSet<>();
  private @Nullable String leader;
  private long leaderUntil;
  private int readsToFail;

  /** The next reads fail, as a locked database does. */
  synchronized void failReads(int times) {
    readsToFail = times;
  }

  @Override
  public synchronized boolean has(String subject) {
    return subjects.contains(subject);
  }

  @Override
  public synchronized long append(String subject, List<String> payloads) {
    subjects.add(subject);
    for (String payload : payloads) {
      rows.add(new Row(new Entry(rows.size() + 1L, payload, 0, null), State.PENDING));
    }
    return rows.size();
  }

  @Override
  public synchronized List<Entry> pending(int limit) {
    if (readsToFail > 0) {
      readsToFail--;
      throw new IllegalStateException("database is locked");
    }
    return entries(State.PENDING).limit(limit).toList();
  }

  @Override
  public synchronized List<Entry> parked(int limit) {
    return entries(State.PARKED).limit(limit).toList();
  }

  private Stream<Entry> entries(State state) {
    return rows.stream().filter(r -> r.state() == state).map(Row::entry);
  }

  private void set(long sequence, State state, int attempts, @Nullable String answer) {
    int i = (int) sequence - 1;
    Entry e = rows.get(i).entry();
    rows.set(i, new Row(new Entry(sequence, e.payload(), attempts, answer), state));
  }

  private int attempts(long sequence) {
    return rows.get((int) sequence - 1).entry().attempts();
  }

  @Override
  public synchronized void delivered(long sequence) {
    set(sequence, State.DELIVERED, attempts(sequence), null);
  }

  @Override
  public synchronized void parked(long sequence, String answer) {
    set(sequence, State.PARKED, attempts(sequence), answer);
  }

  @Override
  public synchronized void attempted(long sequence, String error) {
    set(sequence, State.PENDING, attempts(sequence) + 1, error);
  }

  @Override
  public synchronized int rewind(long sequence) {
    for (long s = sequence; s <= rows.size(); s++) {
      set(s, State.PENDING, attempts(s), null);
    }
    return (int) (rows.size() - sequence + 1);
  }

  @Override
  public synchronized Counts counts() {
    return new Counts(
        count(r -> r.state() == State.PENDING), count(r -> r.state() == State.PARKED));
  }

  @Override
  public synchronized long sent() {
    return count(r -> r.state() == State.DELIVERED);
  }

  private long count(Predicate<Row> of) {
    return rows.stream().filter(of).count();
  }

  @Override
  public synchronized boolean lead(String owner, Duration lease) {
    long now = System.nanoTime();
    if (leader != null && !leader.equals(owner) && now - leaderUntil < 0) {
      return false;
    }
    leader = owner;
    leaderUntil = now + lease.toNanos();
    return true;
  }

  @Override
  public synchronized void resign(String owner) {
    if (owner.equals(leader)) {
      leader = null;
    }
  }
}
