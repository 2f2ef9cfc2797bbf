package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Locks;
import dev.headwater.pipelines.project.Target;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Locks that one process has at a time, waited for while another one has them; who that is is told
 * once.
 *
 * @param began by the clock of {@link System#nanoTime}
 * @param patience how long all of them together are waited for at most
 */
record LockWait(Workspace workspace, long began, Duration patience, Progress progress) {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(500);

  /** Waits for nobody. */
  static LockWait none(Workspace workspace) {
    return of(workspace, Duration.ZERO, Progress.NONE);
  }

  /** Waits from now on. */
  static LockWait of(Workspace workspace, Duration patience, Progress progress) {
    return new LockWait(workspace, System.nanoTime(), patience, progress);
  }

  boolean isOver() {
    return System.nanoTime() - began >= patience.toNanos();
  }

  /**
   * The lock, as soon as it is free.
   *
   * @param target what it is about
   * @param name the lock's: the target's own, or of what is done to it
   * @param doing what needs it, in words: "compact flights"
   * @throws HeadwaterException UNREACHABLE if it is not to be had in time; it says who has it
   */
  Locks.Lock take(Target target, String name, String doing) {
    return until(this::isOver, target, name)
        .orElseThrow(
            () ->
                new HeadwaterException(
                    HeadwaterException.Kind.UNREACHABLE,
                    "Cannot " + doing + ": " + by(name) + " is at it.",
                    "wait until it has finished (--wait), or stop it; one whose process is gone is"
                        + " taken over."));
  }

  /**
   * The lock, as soon as it is free; empty if nobody waits for it any more, or the thread is
   * interrupted, as it is still then.
   *
   * @param enough asked several times a second
   */
  Optional<Locks.Lock> until(BooleanSupplier enough, Target target, String name) {
    boolean told = false;
    while (true) {
      Optional<Locks.Lock> free = locks().tryLock(project(), name, LEASE);
      if (free.isPresent() || enough.getAsBoolean()) {
        return free;
      }
      if (!told) {
        progress.waits(target, "Waiting: " + by(name) + " is at it.");
        told = true;
      }
      try {
        Thread.sleep(LOOK.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }
  }

  private Locks locks() {
    return workspace.registry().locks();
  }

  private String project() {
    return workspace.project().name();
  }

  private String by(String name) {
    return locks().by(project(), name);
  }
}
