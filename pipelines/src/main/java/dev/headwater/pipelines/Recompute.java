package dev.headwater.pipelines;

import dev.headwater.catalog.commit.BaseMovedException;
import dev.headwater.catalog.commit.OvertakenException;
import java.util.function.Supplier;

/** Work that is computed from a table's newest snapshot, and committed only if that still holds. */
final class Recompute {
  private static final int ATTEMPTS = 5;

  private Recompute() {}

  /**
   * Does the work, and does it over from the then newest snapshot when another writer changed the
   * rows that it was computed from.
   *
   * @param work one whole computation with its commit; under one token, so that it happens once
   * @throws BaseMovedException if others came first every time
   */
  static void whileMoving(Runnable work) {
    for (int attempt = 1; ; attempt++) {
      try {
        work.run();
        return;
      } catch (BaseMovedException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /**
   * Does the work, and does it over as a new run when another one of the same target came first.
   *
   * @param work one whole run, with a token of its own
   * @throws OvertakenException if others came first every time
   */
  static <T> T ifOvertaken(Supplier<T> work) {
    for (int attempt = 1; ; attempt++) {
      try {
        return work.get();
      } catch (OvertakenException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }
}
