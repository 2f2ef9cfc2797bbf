package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Work that has so much time: then the thread that does it is interrupted. */
final class TimeLimit {
  /** The time was over. Something of the work may still go on elsewhere. */
  static final class OverException extends HeadwaterException {
    private static final long serialVersionUID = 1;

    OverException(String what, String fix, Throwable cause) {
      super(Kind.FAILED, what, fix, cause);
    }
  }

  private final Thread worker = Thread.currentThread();
  private boolean over;
  private boolean ended;

  private TimeLimit() {}

  /**
   * Does the work in this thread. What it has done when it ends by itself counts, however late.
   *
   * @param what for the message: "train late"
   * @throws OverException if it failed after its time
   */
  static <T> T within(Duration limit, String what, Supplier<T> work) {
    TimeLimit time = new TimeLimit();
    ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(
            ringing -> {
              Thread thread = new Thread(ringing, "headwater-time-limit");
              thread.setDaemon(true);
              return thread;
            });
    try {
      var unused = clock.schedule(time::ring, limit.toMillis(), TimeUnit.MILLISECONDS);
      return work.get();
    } catch (RuntimeException | Error e) {
      if (time.end()) {
        throw new OverException(
            "Cannot " + what + " within " + text(limit) + ": its time is over.",
            "look why it takes so long, or give it more: runs.timeouts in the project file.",
            e);
      }
      throw e;
    } finally {
      boolean unused = time.end();
      clock.shutdownNow();
    }
  }

  private synchronized void ring() {
    if (!ended) {
      over = true;
      worker.interrupt();
    }
  }

  /** No interrupt comes after this; one that came is forgotten. Whether the time was over. */
  private synchronized boolean end() {
    if (over && !ended) {
      boolean unused = Thread.interrupted();
    }
    ended = true;
    return over;
  }

  private static String text(Duration limit) {
    long seconds = limit.toSeconds();
    return seconds % 3_600 == 0
        ? seconds / 3_600 + " h"
        : seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
  }
}
