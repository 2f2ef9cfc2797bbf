package dev.headwater.catalog.commit;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.Hopeless;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to go on after failures, with longer and longer pauses. A failure that the same attempt
 * would only meet again ({@link Hopeless}) ends it the second time: in between the table was asked
 * whether it was done after all.
 */
public final class Patience {
  private static final long FIRST_MILLIS = 20;
  private static final long LONGEST_MILLIS = 5_000;

  private final String doing;
  private final long deadline;
  private long pause = FIRST_MILLIS;
  private boolean asked;

  /**
   * @param doing for the message when it ends: "commit run 1 to table a.b"
   */
  public Patience(String doing, Duration patience) {
    this.doing = doing;
    this.deadline = System.nanoTime() + patience.toNanos();
  }

  /**
   * Waits before the next attempt.
   *
   * @throws HeadwaterException UNREACHABLE when it has lasted too long; whether the last attempt
   *     took effect is not known then. REFUSED or FAILED when it was of no use twice
   */
  public void pause(RuntimeException failure) {
    if (!Hopeless.is(failure)) {
      pauseAnyhow(failure);
    } else if (asked) {
      throw refusal(failure);
    }
    asked |= Hopeless.is(failure);
  }

  private RuntimeException refusal(RuntimeException failure) {
    if (failure instanceof HeadwaterException) {
      return failure;
    }
    boolean forbidden = Hopeless.forbidden(failure);
    return new HeadwaterException(
        forbidden ? Kind.REFUSED : Kind.FAILED,
        "Cannot %s: %s.".formatted(doing, Hopeless.said(failure)),
        forbidden
            ? "Ask the owner of the catalog and its storage for the right to write."
            : "Trying again is of no use; look at the cause.",
        failure);
  }

  /** As {@link #pause}, after a refusal that the next attempt takes into account. */
  void pauseAnyhow(RuntimeException failure) {
    long left = (deadline - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      String reason = failure instanceof HeadwaterException told ? told.what() : failure.toString();
      throw new HeadwaterException(
          Kind.UNREACHABLE,
          "Cannot tell whether it was possible to %s. %s".formatted(doing, reason),
          "When the catalog answers again, run the same again: it is never done twice.",
          failure);
    }
    // Not all at once: whoever failed together would fail together again.
    long millis = pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1);
    pause = Math.min(LONGEST_MILLIS, pause * 2);
    try {
      Thread.sleep(Math.min(millis, left));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HeadwaterException(
          Kind.FAILED,
          "Interrupted while trying to %s.".formatted(doing),
          "Run the same again: it is never done twice.",
          e);
    }
  }
}
