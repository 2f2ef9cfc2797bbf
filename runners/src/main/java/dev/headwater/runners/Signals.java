package dev.headwater.runners;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and SIGTERM, for work that ends itself: who listens is asked to end, has a minute for it,
 * and the process ends with 130. An interrupted thread is the same.
 */
final class Signals implements AutoCloseable {
  static final int INTERRUPTED = 130;
  private static final long PATIENCE_SECONDS = 60;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread atExit = new Thread(this::end, "headwater-end");
  private volatile boolean ended;

  private Signals() {}

  static Signals listen() {
    Signals signals = new Signals();
    Runtime.getRuntime().addShutdownHook(signals.atExit);
    return signals;
  }

  /** Whether the work is to end. */
  boolean ended() {
    if (Thread.interrupted()) {
      ended = true;
    }
    return ended;
  }

  private void end() {
    ended = true;
    try {
      if (done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        Runtime.getRuntime().halt(INTERRUPTED);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The work has ended. */
  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // This process is ending: the hook does its work.
    }
  }
}
