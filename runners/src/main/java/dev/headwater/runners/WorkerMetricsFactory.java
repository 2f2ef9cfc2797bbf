package dev.headwater.runners;

import java.util.Properties;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** What Flink finds {@link WorkerMetrics} by: {@code metrics.reporter.headwater.factory.class}. */
public final class WorkerMetricsFactory implements MetricReporterFactory {
  @Override
  public MetricReporter createMetricReporter(Properties properties) {
    return new WorkerMetrics();
  }
}
