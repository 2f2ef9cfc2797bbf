package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Locks;
import dev.headwater.lineage.Journal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lineage's outbox in the registry's journal. */
final class RegistryJournal implements Journal {
  private static final String LEAD = "lineage";

  private final dev.headwater.catalog.registry.Journal journal;
  private final Locks locks;
  private final Map<String, Locks.Lock> leading = new HashMap<>();

  RegistryJournal(dev.headwater.catalog.registry.Journal journal, Locks locks) {
    this.journal = journal;
    this.locks = locks;
  }

  @Override
  public long append(String subject, List<String> payloads) {
    // An event's key is its content: the same event again is the same entry.
    return journal.append(
        payloads.stream()
            .map(
                payload ->
                    new dev.headwater.catalog.registry.Journal.New(
                        Hash.sha256(payload), subject, payload))
            .toList());
  }

  @Override
  public boolean has(String subject) {
    return journal.has(subject);
  }

  @Override
  public List<Journal.Entry> pending(int limit) {
    return journal.pending(limit).stream().map(RegistryJournal::entry).toList();
  }

  @Override
  public List<Journal.Entry> parked(int limit) {
    return journal.parked(limit).stream().map(RegistryJournal::entry).toList();
  }

  private static Journal.Entry entry(dev.headwater.catalog.registry.Entry e) {
    return new Journal.Entry(e.sequence(), e.payload(), e.attempts(), e.answer());
  }

  @Override
  public void delivered(long sequence) {
    journal.delivered(sequence, "");
  }

  @Override
  public void parked(long sequence, String answer) {
    journal.parked(sequence, answer);
  }

  @Override
  public void attempted(long sequence, String error) {
    journal.failed(sequence, error);
  }

  @Override
  public int rewind(long sequence) {
    return journal.rewind(sequence);
  }

  @Override
  public Counts counts() {
    return new Counts(
        journal.count(dev.headwater.catalog.registry.Entry.State.PENDING),
        journal.count(dev.headwater.catalog.registry.Entry.State.PARKED));
  }

  @Override
  public long sent() {
    return journal.count(dev.headwater.catalog.registry.Entry.State.DELIVERED);
  }

  @Override
  public synchronized boolean lead(String owner, Duration lease) {
    Locks.Lock held = leading.get(owner);
    if (held != null) {
      held.check();
      return true;
    }
    var lock = locks.tryLock("", LEAD, lease);
    lock.ifPresent(l -> leading.put(owner, l));
    return lock.isPresent();
  }

  /** Who delivers now, in words. */
  Optional<String> leader() {
    return locks
        .holder("", LEAD)
        .filter(holder -> holder.expires().isAfter(Instant.now()))
        .map(Locks.Holder::toString);
  }

  @Override
  public synchronized void resign(String owner) {
    Locks.Lock held = leading.remove(owner);
    if (held != null) {
      held.close();
    }
  }
}
