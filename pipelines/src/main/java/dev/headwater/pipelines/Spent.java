package dev.headwater.pipelines;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a run has cost.
 *
 * @param cpuSeconds of this process, whose workers are inside; negative where they are elsewhere
 * @param attempts how often it was begun
 */
record Spent(double seconds, double cpuSeconds, int attempts) {
  /** By a run that was only closed. */
  static final Spent NOTHING = new Spent(0, -1, 1);

  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /** A run's beginning. */
  record Begun(long nanos, long cpuNanos, boolean here) {
    /** One that begins now, with its workers in this process or elsewhere. */
    static Begun now(boolean here) {
      return new Begun(System.nanoTime(), SYSTEM.getProcessCpuTime(), here);
    }

    /** What it has cost by now. */
    Spent spent(int attempts) {
      double cpu = here ? (SYSTEM.getProcessCpuTime() - cpuNanos) / 1e9 : -1;
      return new Spent((System.nanoTime() - nanos) / 1e9, cpu, attempts);
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
