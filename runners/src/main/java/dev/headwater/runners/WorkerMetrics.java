package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.table.WorkLog;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.util.NetUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker of a cluster does for stages, at {@code /metrics} on a port of its own, under the
 * names that the command uses: also where no command waits. Each worker tells its own share. What a
 * task has counted stays when it ends, as long as the worker lives. Thread-safe.
 */
final class WorkerMetrics implements MetricReporter {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerMetrics.class);
  private static final String ROWS_IN = "rows_in";

  /** The first one that is tried. */
  static final int PORT = 9464;

  private static final String PORTS = PORT + "-" + (PORT + 10);

  /** By the counter: the labels of its stage. */
  private final Map<Counter, String> counting = new HashMap<>();

  /** By the labels of a stage: the rows of tasks that have ended. */
  private final Map<String, Long> counted = new HashMap<>();

  /** By the labels of a stage: how much of it is at work here, in metrics that Flink has of it. */
  private final Map<String, Integer> working = new HashMap<>();

  private Optional<MetricsServer> server = Optional.empty();

  /** On the first port that is free. */
  @Override
  public void open(MetricConfig config) {
    String given = config.getString("port", PORTS);
    Iterator<Integer> ports = NetUtils.getPortRangeFromString(given);
    while (server.isEmpty() && ports.hasNext()) {
      try {
        server = Optional.of(MetricsServer.open(ports.next(), this::text));
      } catch (HeadwaterException e) {
        if (!ports.hasNext()) {
          throw e;
        }
      }
    }
    server.ifPresent(s -> LOG.info("Metrics of stages at port {}, /metrics", s.port()));
  }

  @Override
  public void close() {
    server.ifPresent(MetricsServer::close);
  }

  @Override
  public synchronized void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    labels(group)
        .ifPresent(
            of -> {
              working.merge(of, 1, Integer::sum);
              counted.putIfAbsent(of, 0L);
              if (metric instanceof Counter counter && isRows(name, of)) {
                counting.put(counter, of);
              }
            });
  }

  @Override
  public synchronized void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
    labels(group)
        .ifPresent(
            of -> {
              working.merge(of, -1, Integer::sum);
              if (metric instanceof Counter counter && counting.remove(counter, of)) {
                counted.merge(of, counter.getCount(), Long::sum);
              }
            });
  }

  private static Optional<String> labels(MetricGroup group) {
    return WorkLog.Work.of(group.getAllVariables().getOrDefault("<job_name>", ""))
        .map(work -> Exposition.labels(work.project(), work.stage(), work.target()));
  }

  /** Beam's counters have their namespace, a stage's word, before their name, and a separator. */
  private static boolean isRows(String name, String labels) {
    int end = name.length() - ROWS_IN.length() - 1;
    return name.endsWith(ROWS_IN)
        && end > 0
        && labels.contains("stage=\"" + name.substring(0, end) + "\"");
  }

  private synchronized String text() {
    Exposition all = new Exposition();
    counted.forEach((of, rows) -> all.add(Exposition.ROWS, of, (double) rows));
    counting.forEach((rows, of) -> all.add(Exposition.ROWS, of, (double) rows.getCount()));
    working.forEach((of, metrics) -> all.set(Exposition.RUNNING, of, metrics > 0 ? 1 : 0));
    return all.text();
  }
}
