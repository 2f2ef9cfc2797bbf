package dev.headwater.lineage;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the journal's events to their destination, one after the other, each at least once.
 *
 * <p>One daemon thread does all of it, so that neither a slow nor an absent server ever holds up a
 * pipeline. A delivery that failed is repeated with growing pauses, and nothing overtakes it; what
 * the server refuses for good is parked with its answer. Several processes may have a sender: the
 * journal lets one at a time deliver.
 */
public final class Sender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sender.class);
  private static final long FIRST_PAUSE_MILLIS = 250;
  private static final long LONGEST_PAUSE_MILLIS = 30_000;
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final long AT_CLOSE_MILLIS = 10;

  private final Journal journal;
  private final Destination destination;
  private final String owner = ProcessHandle.current().pid() + "-" + UUID.randomUUID();
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Tally tally = new Tally();

  /** Raised by whoever has work; a round that finds nothing serves all that were raised before. */
  private long requested;

  private long served;
  private long nextAttemptNanos;
  private int failures;
  private @Nullable String lastError;
  private boolean closed;

  private Sender(Journal journal, Destination destination) {
    this.journal = journal;
    this.destination = destination;
    this.thread = new Thread(this::work, "headwater-lineage");
    thread.setDaemon(true);
  }

  /** A sender at work: what is pending now is sent first. It closes the destination. */
  public static Sender start(Journal journal, Destination destination) {
    Sender sender = new Sender(journal, destination);
    sender.requested = 1;
    sender.thread.start();
    return sender;
  }

  /** Says that the journal has something new. Returns at once. */
  public void wake() {
    lock.lock();
    try {
      requested++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until everything that was pending is delivered or parked, but never longer than that.
   * What is left stays pending. Never throws for what a server, a network or the journal does.
   */
  public FlushReport flush(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    boolean interrupted = false;
    lock.lock();
    try {
      long before = tally.delivered();
      long mine = ++requested;
      failures = 0;
      nextAttemptNanos = System.nanoTime();
      changed.signalAll();
      while (!closed && served < mine && deadline - System.nanoTime() > 0) {
        if (failures > 0 && nextAttemptNanos - deadline >= 0) {
          break;
        }
        try {
          changed.awaitNanos(deadline - System.nanoTime());
        } catch (InterruptedException e) {
          interrupted = true;
          break;
        }
      }
      String why = lastError == null ? "no answer from " + destination.description() : lastError;
      return tally.since(before, served >= mine ? null : why);
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * As {@link #flush}, but it ends only when nothing came of that time: a day's events take long.
   */
  public FlushReport drain(Duration patience) {
    long first = tally.delivered();
    while (true) {
      long before = tally.settled();
      String problem = flush(patience).lastError();
      if (problem == null || tally.settled() == before) {
        return tally.since(first, problem);
      }
    }
  }

  /** Stops at once; what is not delivered stays pending. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    // Ends a delivery that is under way; its event is sent again by the next sender.
    destination.close();
    try {
      thread.join(AT_CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      // It hangs in a delivery, and nobody may wait for it; the next sender need not either.
      try {
        journal.resign(owner);
      } catch (RuntimeException e) {
        LOG.debug("giving up the lead", e);
      }
    }
  }

  private void work() {
    for (long request = awaitWork(); request >= 0; request = awaitWork()) {
      round(request);
    }
  }

  /** The newest request to serve, once there is one and its time has come; -1 at the end. */
  private long awaitWork() {
    lock.lock();
    try {
      while (!closed) {
        long pause = failures == 0 ? 0 : nextAttemptNanos - System.nanoTime();
        if (requested > served && pause <= 0) {
          return requested;
        }
        if (requested > served) {
          changed.awaitNanos(pause);
        } else {
          changed.await();
        }
      }
      return -1;
    } catch (InterruptedException e) {
      return -1;
    } finally {
      lock.unlock();
    }
  }

  private void round(long request) {
    String problem;
    try {
      problem = deliverAll();
    } catch (RuntimeException e) {
      // A journal that cannot be read now can be read later; this thread must outlive it.
      LOG.debug("reading the journal", e);
      problem = "the journal cannot be read: " + e.getMessage();
    }
    lock.lock();
    try {
      lastError = problem;
      if (problem == null) {
        failures = 0;
        served = Math.max(served, request);
      } else {
        long pause = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures, 10));
        failures++;
        nextAttemptNanos = System.nanoTime() + Duration.ofMillis(pause).toNanos();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Delivers what is pending, in order, up to the first failure, which it returns. */
  private @Nullable String deliverAll() {
    Journal.Counts before = journal.counts();
    tally.note(before);
    if (before.pending() == 0) {
      return null;
    }
    try {
      return deliver();
    } finally {
      // Not kept through a pause: then whoever is asked to stop has nothing to give back.
      journal.resign(owner);
      tally.note(journal.counts());
    }
  }

  private @Nullable String deliver() {
    while (true) {
      if (isClosed()) {
        return "closed";
      }
      if (!journal.lead(owner, LEASE)) {
        return "another process delivers the events";
      }
      // Read after the lead is ours: while it was another's, the head has moved.
      List<Journal.Entry> head = journal.pending(1);
      if (head.isEmpty()) {
        return null;
      }
      Journal.Entry entry = head.get(0);
      Destination.Answer answer = destination.deliver(entry.payload());
      if (answer instanceof Destination.Answer.Later later) {
        if (!isClosed()) {
          tally.away();
          journal.attempted(entry.sequence(), later.why());
        }
        return destination.description() + ": " + later.why();
      }
      settle(entry, answer);
    }
  }

  private void settle(Journal.Entry entry, Destination.Answer answer) {
    boolean taken = answer instanceof Destination.Answer.Accepted;
    if (answer instanceof Destination.Answer.Refused refused) {
      journal.parked(entry.sequence(), refused.answer());
      LOG.warn("lineage event {} is parked: {}", entry.sequence(), refused.answer());
    } else {
      journal.delivered(entry.sequence());
    }
    tally.settled(taken);
    lock.lock();
    try {
      failures = 0;
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }
}
