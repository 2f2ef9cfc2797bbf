package dev.headwater.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The heap that is in use after a collection, every seven seconds: no multiple of the commit
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
    megabytes.add(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1e6);
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
        "heap    %d samples after collections, MB: least %.0f, median %.0f, greatest %.0f; slope"
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
