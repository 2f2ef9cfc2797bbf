package dev.headwater.benchmarks;

import com.sun.management.GarbageCollectorMXBean;
import com.sun.management.GcInfo;
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
 * The heap that a full collection leaves, every seven seconds, as the collector itself counts it:
 * what is taken between its end and a look doesn't count. Seven is no multiple of the commit
 * interval, since what waits to be written is in it too.
 */
final class Heap implements AutoCloseable {
  private static final long SECONDS = 7;

  private final List<Double> megabytes = new ArrayList<>();
  private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor();

  Heap() {
    var unused = looking.scheduleAtFixedRate(this::look, SECONDS, SECONDS, TimeUnit.SECONDS);
  }

  private synchronized void look() {
    System.gc();
    double left = 0;
    long last = -1;
    for (GarbageCollectorMXBean each :
        ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class)) {
      GcInfo info = each.getLastGcInfo();
      if (info != null && info.getEndTime() > last) {
        last = info.getEndTime();
        left = heap(info.getMemoryUsageAfterGc());
      }
    }
    megabytes.add(left / 1e6);
    if (Boolean.getBoolean("heap.each")) {
      System.out.printf(Locale.ROOT, "heap    %.0f MB%n", left / 1e6);
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

  /** What a fifth of the samples at the end has, over what the second fifth had. */
  synchronized double growth() {
    int fifth = Math.max(1, megabytes.size() / 5);
    int size = megabytes.size();
    return median(megabytes.subList(size - fifth, size))
        / median(megabytes.subList(Math.min(fifth, size - 1), Math.min(2 * fifth, size)));
  }

  /** The samples' range, and the slope after the first fifth, which warms up. */
  synchronized void print() {
    List<Double> after = megabytes.subList(megabytes.size() / 5, megabytes.size());
    double mean = after.stream().mapToDouble(v -> v).average().orElse(0);
    double middle = (after.size() - 1) / 2.0;
    double up = 0;
    double across = 0;
    for (int i = 0; i < after.size(); i++) {
      up += (i - middle) * (after.get(i) - mean);
      across += (i - middle) * (i - middle);
    }
    System.out.printf(
        Locale.ROOT,
        "heap    %d samples after full collections, MB: least %.0f, median %.0f, greatest %.0f; slope"
            + " %.2f MB a minute%n",
        megabytes.size(),
        megabytes.stream().mapToDouble(v -> v).min().orElse(0),
        median(after),
        megabytes.stream().mapToDouble(v -> v).max().orElse(0),
        across == 0 ? 0 : up / across * 60 / SECONDS);
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
