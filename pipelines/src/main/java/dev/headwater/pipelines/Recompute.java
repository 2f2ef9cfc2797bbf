package dev.headwater.pipelines;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.BaseMovedException;
import dev.headwater.catalog.commit.OvertakenException;
import dev.headwater.catalog.commit.RightOfWay;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work that is computed from a table's newest snapshot, and committed only if that still holds. */
final class Recompute {
  private static final Logger LOG = LoggerFactory.getLogger(Recompute.class);
  private static final int ATTEMPTS = 5;

  private Recompute() {}

  /**
   * Does the work, and does it over from the then newest snapshot when another writer changed the
   * rows that it was computed from. From the second time on others' commits wait for it, so that a
   * table which a stream writes all the time doesn't make it begin for ever: for twice as long as
   * the first time took, and at most two minutes.
   *
   * @param work one whole computation with its commit; under one token, so that it happens once
   * @param run the token's
   * @throws BaseMovedException if others came first every time
   */
  static void whileMoving(TableCatalog catalog, TableRef ref, String run, Runnable work) {
    long began = System.nanoTime();
    try {
      work.run();
      return;
    } catch (BaseMovedException e) {
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      LOG.info("{} changed while rows for it were computed, in {} s", ref, took.toSeconds());
      again(catalog, ref, run, took.multipliedBy(2).plusSeconds(10), work);
    }
  }

  private static void again(
      TableCatalog catalog, TableRef ref, String run, Duration longest, Runnable work) {
    for (int attempt = 2; ; attempt++) {
      try (RightOfWay way = RightOfWay.take(catalog, ref, run, longest)) {
        LOG.info("Others' commits wait: {}", way);
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
