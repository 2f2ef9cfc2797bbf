package dev.headwater.catalog.commit;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * The right of way on a table: a run whose work others' commits have made void asks them to wait
 * until its next try is in. It stands in the table itself, with how long it lasts, and every commit
 * looks there, in the very metadata that it swaps out; so it holds on any catalog and machine. Who
 * waits takes the time by its own clock, from when it saw it first, and takes it away when that is
 * over: who died while it had it holds others up once, and clocks need not agree. Only commits of
 * {@link Committer}s wait.
 */
public final class RightOfWay implements AutoCloseable {
  /** Who has it, which time it is, and for how many milliseconds. */
  public static final String KEY = "headwater.right-of-way";

  /** Nobody waits longer. */
  static final Duration LONGEST = Duration.ofMinutes(2);

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long LOOK_MILLIS = 100;
  private static final Map<String, Seen> SEEN = new ConcurrentHashMap<>();

  private final TableCatalog catalog;
  private final TableRef ref;
  private final String value;

  /** Since when a table's right of way is known here. */
  private record Seen(String value, long nanos) {}

  /** A commit that is to wait. */
  static final class Waiting extends RuntimeException {
    private static final long serialVersionUID = 1;

    Waiting(String value) {
      super("another change has the right of way: " + value);
    }
  }

  private RightOfWay(TableCatalog catalog, TableRef ref, String value) {
    this.catalog = catalog;
    this.ref = ref;
    this.value = value;
  }

  /**
   * Takes it, after who has it now.
   *
   * @param run whose commits need not wait
   * @param longest how long the work may take; at most two minutes count
   * @throws HeadwaterException UNREACHABLE if the catalog did not answer for too long
   */
  public static RightOfWay take(TableCatalog catalog, TableRef ref, String run, Duration longest) {
    long millis = Math.min(longest.toMillis(), LONGEST.toMillis());
    String value = run + " " + UUID.randomUUID() + " " + millis;
    Patience left = new Patience("take the right of way on table " + ref, PATIENCE);
    while (true) {
      try {
        await(catalog, ref, run);
        catalog.load(ref).updateProperties().set(KEY, value).commit();
        return new RightOfWay(catalog, ref, value);
      } catch (HeadwaterException e) {
        if (e.kind() != Kind.UNREACHABLE) {
          throw e;
        }
        left.pause(e);
      } catch (RuntimeException e) {
        left.pause(e);
      }
    }
  }

  /** Lets a commit pass, or throws {@link Waiting}. */
  static void check(Map<String, String> properties, TableRef ref, String run) {
    String now = properties.get(KEY);
    if (left(now, ref, run) > 0) {
      throw new Waiting(String.valueOf(now));
    }
  }

  /** Returns when nobody else has it any more; whose time is over has it no more. */
  static void await(TableCatalog catalog, TableRef ref, String run) {
    while (true) {
      Optional<Table> table = catalog.find(ref);
      String now = table.map(there -> there.properties().get(KEY)).orElse(null);
      if (now == null || isOf(run, now)) {
        return;
      }
      long left = left(now, ref, run);
      if (left <= 0) {
        table.get().updateProperties().remove(KEY).commit();
        return;
      }
      try {
        Thread.sleep(Math.min(left, LOOK_MILLIS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new HeadwaterException(
            Kind.FAILED,
            "Interrupted while waiting for the right of way on table %s.".formatted(ref),
            "Run the same again: it is never done twice.",
            e);
      }
    }
  }

  private static boolean isOf(String run, String value) {
    return value.startsWith(run + " ");
  }

  private static long left(@Nullable String now, TableRef ref, String run) {
    if (now == null || isOf(run, now)) {
      return 0;
    }
    Seen seen =
        SEEN.merge(
            ref.toString(),
            new Seen(now, System.nanoTime()),
            (old, next) -> old.value.equals(now) ? old : next);
    long millis;
    try {
      millis = Long.parseLong(now.substring(now.lastIndexOf(' ') + 1));
    } catch (NumberFormatException e) {
      return 0;
    }
    return Math.min(millis, LONGEST.toMillis()) - (System.nanoTime() - seen.nanos) / 1_000_000;
  }

  @Override
  public String toString() {
    return value;
  }

  /** Gives it back; where that fails it ends with its time. */
  @Override
  public void close() {
    try {
      Table table = catalog.load(ref);
      if (value.equals(table.properties().get(KEY))) {
        table.updateProperties().remove(KEY).commit();
      }
    } catch (RuntimeException e) {
      return;
    }
  }
}
