package dev.headwater.kafka;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A fetcher that polls in a thread of its own, some polls ahead. So the next records are there when
 * whoever reads comes for them, however seldom that is: Beam's readers on Flink that had nothing
 * are asked again after 50 ms.
 */
final class Ahead implements AutoCloseable {
  private static final int POLLS = 2;
  private static final Duration PATIENCE = Duration.ofMillis(100);

  private final Fetcher fetcher;
  private final BlockingQueue<List<Fetcher.Polled>> polls = new ArrayBlockingQueue<>(POLLS);
  private final Thread thread;
  private volatile boolean stopped;
  private volatile @Nullable Throwable failure;

  private Ahead(Fetcher fetcher) {
    this.fetcher = fetcher;
    this.thread = new Thread(this::run, "headwater-kafka-fetch");
    thread.setDaemon(true);
  }

  /** Polls until it is closed; the fetcher belongs to it meanwhile, and stays open. */
  static Ahead of(Fetcher fetcher) {
    Ahead ahead = new Ahead(fetcher);
    ahead.thread.start();
    return ahead;
  }

  /**
   * The next poll, if there is one already.
   *
   * @throws dev.headwater.catalog.HeadwaterException what polling failed with, after all it brought
   */
  @Nullable List<Fetcher.Polled> next() {
    Throwable why = failure;
    List<Fetcher.Polled> next = polls.poll();
    if (next == null && why instanceof Error error) {
      throw error;
    }
    if (next == null && why instanceof RuntimeException exception) {
      throw exception;
    }
    return next;
  }

  private void run() {
    try {
      while (!stopped) {
        List<Fetcher.Polled> polled = fetcher.poll(PATIENCE);
        // One that brought nothing says at most that nothing is left.
        if (polls.isEmpty() || polled.stream().anyMatch(part -> !part.records().isEmpty())) {
          while (!stopped && !polls.offer(polled, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            // It is full.
          }
        }
      }
    } catch (RuntimeException | Error e) {
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for its thread, even if it is interrupted: the fetcher is nobody else's till then. */
  @Override
  public void close() {
    stopped = true;
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
