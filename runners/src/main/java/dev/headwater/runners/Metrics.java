package dev.headwater.runners;

import com.sun.management.OperatingSystemMXBean;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.RunEvent;
import dev.headwater.pipelines.StageResult;
import dev.headwater.pipelines.project.Target;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the stages of a command do, in Prometheus' text format: told by whoever runs them, so of the
 * same names wherever that is. Thread-safe.
 */
final class Metrics implements Progress {
  private record Family(String type, String help, Map<String, Double> samples) {}

  private final Clock clock;
  private final Map<String, Family> families = new LinkedHashMap<>();

  /** By target: rows that its stage has read since it began, counted already. */
  private final Map<Target, Long> counted = new LinkedHashMap<>();

  private String project = "";

  Metrics(Clock clock) {
    this.clock = clock;
    family("headwater_stage_rows_total", "counter", "Rows that a stage has read.");
    family("headwater_stage_running", "gauge", "1 while a stage works.");
    family("headwater_stage_runs_total", "counter", "How stages ended.");
    family("headwater_stage_seconds_total", "counter", "Wall time of stages.");
    family("headwater_stage_ended_timestamp_seconds", "gauge", "When a stage last ended so.");
    family("headwater_stage_waits_total", "counter", "Waits for another run, or for a retry.");
    family("headwater_stage_figure", "gauge", "A figure of the last run, as in its record.");
    family("headwater_stream_lag_records", "gauge", "Records that the table lacks.");
    family("headwater_stream_rows_per_second", "gauge", "Records read a second, lately.");
  }

  private void family(String name, String type, String help) {
    families.put(name, new Family(type, help, new TreeMap<>()));
  }

  @Override
  public synchronized void on(RunEvent event) {
    if (event instanceof RunEvent.Began began) {
      project = began.header().project();
    } else if (event instanceof RunEvent.Started started) {
      set("headwater_stage_running", labels(started.target()), 1);
      counted.put(started.target(), 0L);
    } else if (event instanceof RunEvent.Advanced advanced) {
      rows(advanced.target(), advanced.rows());
    } else if (event instanceof RunEvent.Streamed streamed) {
      rows(streamed.target(), streamed.rows());
      set("headwater_stream_rows_per_second", labels(streamed.target()), streamed.rate());
      if (streamed.lag() >= 0) {
        set("headwater_stream_lag_records", labels(streamed.target()), (double) streamed.lag());
      }
    } else if (event instanceof RunEvent.Waits waits) {
      add("headwater_stage_waits_total", labels(waits.target()), 1);
    } else if (event instanceof RunEvent.Ended ended) {
      done(ended.result());
    }
  }

  private void done(StageResult result) {
    Target target = result.target();
    if (result.status() == StageResult.Status.DONE && result.rows() >= 0) {
      rows(target, result.rows());
    }
    counted.remove(target);
    String status =
        labels(target) + ",status=\"" + result.status().name().toLowerCase(Locale.ROOT) + "\"";
    set("headwater_stage_running", labels(target), 0);
    add("headwater_stage_runs_total", status, 1);
    add("headwater_stage_seconds_total", labels(target), result.seconds());
    set("headwater_stage_ended_timestamp_seconds", status, clock.millis() / 1e3);
    result
        .facts()
        .forEach(
            (name, value) -> {
              if (value instanceof Number number) {
                String figure = labels(target) + ",figure=\"" + escaped(name) + "\"";
                set("headwater_stage_figure", figure, number.doubleValue());
              }
            });
  }

  /** A stage may begin again at nothing: what it has read before stays counted. */
  private void rows(Target target, long rows) {
    long before = counted.getOrDefault(target, 0L);
    long more = rows < before ? rows : rows - before;
    add("headwater_stage_rows_total", labels(target), (double) more);
    counted.put(target, rows);
  }

  private String labels(Target target) {
    return "project=\"%s\",stage=\"%s\",target=\"%s\""
        .formatted(escaped(project), target.kind().stage(), escaped(target.name()));
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private void set(String family, String labels, double value) {
    samples(family).put(labels, value);
  }

  private void add(String family, String labels, double value) {
    samples(family).merge(labels, value, Double::sum);
  }

  private Map<String, Double> samples(String family) {
    Family known = families.get(family);
    if (known == null) {
      throw new IllegalStateException(family);
    }
    return known.samples();
  }

  /** All of it, as Prometheus reads it. */
  synchronized String text() {
    StringBuilder out = new StringBuilder();
    families.forEach(
        (name, family) -> {
          head(out, name, family.type(), family.help());
          family
              .samples()
              .forEach(
                  (labels, value) ->
                      out.append(name)
                          .append('{')
                          .append(labels)
                          .append("} ")
                          .append(number(value))
                          .append('\n'));
        });
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    head(out, "process_cpu_seconds_total", "counter", "CPU time of this process.");
    out.append("process_cpu_seconds_total ")
        .append(number(system.getProcessCpuTime() / 1e9))
        .append('\n');
    double used = (double) ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    head(out, "jvm_memory_used_bytes", "gauge", "Memory that this JVM uses.");
    out.append("jvm_memory_used_bytes{area=\"heap\"} ").append(number(used)).append('\n');
    return out.toString();
  }

  private static void head(StringBuilder out, String name, String type, String help) {
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private static String number(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
