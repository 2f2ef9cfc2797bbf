package dev.headwater.runners;

import dev.headwater.pipelines.SentException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.Pipeline;

/** A cluster as a program sees it that Flink itself runs: it sends one job, by Flink's own way. */
final class InsideEngine extends ClusterEngine {
  static final String ALREADY = ", already";

  InsideEngine(Cluster cluster, List<String> beam) {
    super(cluster, beam, true);
  }

  @Override
  public void stream(Pipeline pipeline, String stage, BooleanSupplier stopped, Watch watch) {
    FlinkPipelineOptions options = pipeline.getOptions().as(FlinkPipelineOptions.class);
    String name = options.getJobName();
    if (works(name)) {
      // Its run stays open: it is not this one's to close.
      throw new SentException(name + " on " + cluster() + ALREADY);
    }
    options.setFilesToStage(List.of());
    pipeline.run();
    throw new SentException(name + " on " + cluster());
  }
}
