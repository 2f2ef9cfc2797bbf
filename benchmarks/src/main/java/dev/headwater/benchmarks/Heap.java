package dev.headwater.benchmarks;

import com.sun.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The heap that full collections leave, every seven seconds, as the collector itself counts it.
 * What waits to be written is in it too, up to a commit's: what stays for good shows in the least
 * of each minute. A collection that did not take place, since native code held an array, is asked
 * for again.
 */
final class Heap implements AutoCloseable {
  private static final long SECONDS = 7;
  private static final int A_MINUTE = 8;
  private static final int MOST_TRIES = 50;

  /** The pools of the collector that takes the whole heap. */
  private static final String OLD = ".*(Old|Tenured).*";

  private final List<Double> megabytes = new ArrayList<>();
  private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor();

  Heap() {
    var unused = looking.scheduleAtFixedRate(this::look, SECONDS, SECONDS, TimeUnit.SECONDS);
  }

  private synchronized void look() {
    GarbageCollectorMXBean full =
        ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class).stream()
            .filter(each -> String.join(" ", each.getMemoryPoolNames()).matches(OLD))
            .findFirst()
            .orElseThrow();
    long before = full.getCollectionCount();
    for (int i = 0; i < MOST_TRIES && full.getCollectionCount() == before; i++) {
      System.gc();
    }
    if (full.getCollectionCount() > before) {
      megabytes.add(heap(full.getLastGcInfo().getMemoryUsageAfterGc()) / 1e6);
    }
  }

  private static double heap(Map<String, MemoryUsage> pools) {
    double used = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage usage = pools.get(pool.getName());
      if (pool.getType() == MemoryType.HEAP && usage != null) {
        used += usage.getUsed();
      }
    }
    return used;
  }

  /** The least of the last fifth of the samples over that of the second fifth. */
  synchronized double growth() {
    int fifth = Math.max(1, megabytes.size() / 5);
    int size = megabytes.size();
    return least(megabytes.subList(size - fifth, size))
        / least(megabytes.subList(Math.min(fifth, size - 1), Math.min(2 * fifth, size)));
  }

  /** The samples' range, and the slope of each minute's least after the first, which warms up. */
  synchronized void print() {
    List<Double> floor = new ArrayList<>();
    for (int from = A_MINUTE; from < megabytes.size(); from += A_MINUTE) {
      floor.add(least(megabytes.subList(from, Math.min(megabytes.size(), from + A_MINUTE))));
    }
    double mean = floor.stream().mapToDouble(v -> v).average().orElse(0);
    double middle = (floor.size() - 1) / 2.0;
    double up = 0;
    double across = 0;
    for (int i = 0; i < floor.size(); i++) {
      up += (i - middle) * (floor.get(i) - mean);
      across += (i - middle) * (i - middle);
    }
    System.out.printf(
        Locale.ROOT,
        "heap    %d samples after full collections, MB: least %.0f, median %.0f, greatest %.0f;"
            + " least of each minute %s, slope %.2f MB a minute%n",
        megabytes.size(),
        least(megabytes),
        median(megabytes),
        megabytes.stream().mapToDouble(v -> v).max().orElse(0),
        floor.stream().map(v -> String.format(Locale.ROOT, "%.0f", v)).toList(),
        across == 0 ? 0 : up / across * 60 / SECONDS / A_MINUTE);
  }

  private static double least(List<Double> values) {
    return values.stream().mapToDouble(v -> v).min().orElse(0);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    sorted.sort(null);
    return sorted.get(sorted.size() / 2);
  }

  @Override
  public void close() {
    looking.shutdownNow();
  }
}
