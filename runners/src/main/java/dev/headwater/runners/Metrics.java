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

/**
 * What the stages of a command do, in Prometheus' text format: told by whoever runs them, so of the
 * same names wherever that is. Thread-safe.
 */
final class Metrics implements Progress {
  private final Clock clock;
  private final Exposition all = new Exposition();

  /** By target: rows that its stage has read since it began, counted already. */
  private final Map<Target, Long> counted = new LinkedHashMap<>();

  private String project = "";

  Metrics(Clock clock) {
    this.clock = clock;
    all.family("headwater_stage_runs_total", "counter", "How stages ended.");
    all.family("headwater_stage_seconds_total", "counter", "Wall time of stages.");
    all.family("headwater_stage_ended_timestamp_seconds", "gauge", "When a stage last ended so.");
    all.family("headwater_stage_waits_total", "counter", "Waits for another run, or for a retry.");
    all.family("headwater_stage_figure", "gauge", "A figure of the last run, as in its record.");
    all.family("headwater_stream_lag_records", "gauge", "Records that the table lacks.");
    all.family("headwater_stream_rows_per_second", "gauge", "Records read a second, lately.");
    all.family("process_cpu_seconds_total", "counter", "CPU time of this process.");
    all.family("jvm_memory_used_bytes", "gauge", "Memory that this JVM uses.");
  }

  @Override
  public synchronized void on(RunEvent event) {
    if (event instanceof RunEvent.Began began) {
      project = began.header().project();
    } else if (event instanceof RunEvent.Started started) {
      all.set(Exposition.RUNNING, labels(started.target()), 1);
      counted.put(started.target(), 0L);
    } else if (event instanceof RunEvent.Advanced advanced) {
      rows(advanced.target(), advanced.rows());
    } else if (event instanceof RunEvent.Streamed streamed) {
      rows(streamed.target(), streamed.rows());
      all.set("headwater_stream_rows_per_second", labels(streamed.target()), streamed.rate());
      if (streamed.lag() >= 0) {
        all.set("headwater_stream_lag_records", labels(streamed.target()), (double) streamed.lag());
      }
    } else if (event instanceof RunEvent.Waits waits) {
      all.add("headwater_stage_waits_total", labels(waits.target()), 1);
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
    all.set(Exposition.RUNNING, labels(target), 0);
    all.add("headwater_stage_runs_total", status, 1);
    all.add("headwater_stage_seconds_total", labels(target), result.seconds());
    all.set("headwater_stage_ended_timestamp_seconds", status, clock.millis() / 1e3);
    result
        .facts()
        .forEach(
            (name, value) -> {
              if (value instanceof Number number) {
                String figure = labels(target) + ",figure=\"" + Exposition.escaped(name) + "\"";
                all.set("headwater_stage_figure", figure, number.doubleValue());
              }
            });
  }

  /** A stage may begin again at nothing: what it has read before stays counted. */
  private void rows(Target target, long rows) {
    long before = counted.getOrDefault(target, 0L);
    long more = rows < before ? rows : rows - before;
    all.add(Exposition.ROWS, labels(target), (double) more);
    counted.put(target, rows);
  }

  private String labels(Target target) {
    return Exposition.labels(project, target);
  }

  /** All of it, as Prometheus reads it. */
  synchronized String text() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    all.set("process_cpu_seconds_total", "", system.getProcessCpuTime() / 1e9);
    double used = (double) ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    all.set("jvm_memory_used_bytes", "area=\"heap\"", used);
    return all.text();
  }
}
