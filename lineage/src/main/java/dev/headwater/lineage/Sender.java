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
  /** How long a run waits at its end, at most, for its events to be delivered. */
  public static final Duration AT_END_OF_RUN = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(Sender.class);
  private static final long FIRST_PAUSE_MILLIS = 250;
  private static final long LONGEST_PAUSE_MILLIS = 30_000;
  private static final Duration LEASE = Duration.ofSeconds(60);

  private final Journal journal;
  private final Destination destination;
  private final String owner = ProcessHandle.current().pid() + "-" + UUID.randomUUID();
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Raised by whoever has work; a round that finds nothing serves all that were raised before. */
  private long requested;

  private long served;
  private long nextAttemptNanos;
  private int failures;
  private long delivered;
  private Journal.@Nullable Counts counts;
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
      long before = delivered;
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
      boolean all = served >= mine;
      Journal.Counts now = counts;
      return new FlushReport(
          delivered - before,
          now == null ? -1 : now.pending(),
          now == null ? -1 : now.parked(),
          all
              ? null
              : lastError == null ? "no answer from " + destination.description() : lastError);
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
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
      thread.join(500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    try {
      while (true) {
        long request = awaitWork();
        if (request < 0) {
          return;
        }
        round(request);
      }
    } finally {
      try {
        journal.resign(owner);
      } catch (RuntimeException e) {
        // The lease runs out by itself.
        LOG.debug("giving up the lead", e);
      }
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
    note(journal.counts());
    try {
      return deliver();
    } finally {
      note(journal.counts());
    }
  }

  private @Nullable String deliver() {
    while (true) {
      if (!journal.lead(owner, LEASE)) {
        return "another process delivers the events";
      }
      // Read after the lead is ours: while it was another's, the head has moved.
      List<Journal.Entry> head = journal.pending(1);
      if (head.isEmpty()) {
        journal.resign(owner);
        return null;
      }
      if (isClosed()) {
        return "closed";
      }
      Journal.Entry entry = head.get(0);
      Destination.Answer answer = destination.deliver(entry.payload());
      if (answer instanceof Destination.Answer.Later later) {
        if (!isClosed()) {
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
    lock.lock();
    try {
      failures = 0;
      delivered += taken ? 1 : 0;
      Journal.Counts c = counts;
      if (c != null) {
        counts =
            new Journal.Counts(
                Math.max(0, c.pending() - 1),
                c.delivered() + (taken ? 1 : 0),
                c.parked() + (taken ? 0 : 1));
      }
    } finally {
      lock.unlock();
    }
  }

  private void note(Journal.Counts now) {
    lock.lock();
    try {
      counts = now;
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
