package dev.headwater.pipelines;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a run has cost.
 *
 * @param cpuSeconds of this process, whose workers are inside; negative where they are elsewhere,
 *     or other runs were at work beside
 * @param attempts how often it was begun
 */
record Spent(double seconds, double cpuSeconds, int attempts) {
  /** By a run that was only closed. */
  static final Spent NOTHING = new Spent(0, -1, 1);

  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /** A run's beginning; closed at its end. */
  record Begun(long nanos, long cpuNanos, boolean here, long number) implements AutoCloseable {
    private static final AtomicLong ALL = new AtomicLong();
    private static final AtomicInteger NOW = new AtomicInteger();

    /** One that begins now, with its workers in this process or elsewhere. */
    static Begun now(boolean here) {
      boolean alone = NOW.getAndIncrement() == 0;
      return new Begun(
          System.nanoTime(), SYSTEM.getProcessCpuTime(), here && alone, ALL.incrementAndGet());
    }

    /** What it has cost by now. */
    Spent spent(int attempts) {
      // The process's CPU seconds are a run's as long as none has begun beside it.
      double cpu = here && ALL.get() == number ? (SYSTEM.getProcessCpuTime() - cpuNanos) / 1e9 : -1;
      return new Spent((System.nanoTime() - nanos) / 1e9, cpu, attempts);
    }

    @Override
    public void close() {
      NOW.decrementAndGet();
    }
  }

  /** As a run's record has it. */
  Map<String, Double> figures() {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("seconds", seconds);
    if (cpuSeconds >= 0) {
      figures.put("cpu_seconds", cpuSeconds);
    }
    if (attempts > 1) {
      figures.put("attempts", (double) attempts);
    }
    return figures;
  }
}
