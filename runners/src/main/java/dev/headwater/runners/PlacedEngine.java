package dev.headwater.runners;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.pipelines.Engine;
import dev.headwater.pipelines.project.Target;
import java.util.function.BooleanSupplier;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * An engine that knows those beside it.
 *
 * @param place the cluster, where the command named another place
 */
record PlacedEngine(Engine engine, Placement placement, String place) implements Engine {
  @Override
  public Engine on(String cluster) {
    return placement.on(cluster);
  }

  @Override
  public Engine at(Target target) {
    return placement.at(target);
  }

  @Override
  public String name() {
    return engine.name();
  }

  @Override
  public String version() {
    return engine.version();
  }

  @Override
  public boolean isHere() {
    return engine.isHere();
  }

  @Override
  public int workers() {
    return engine.workers();
  }

  @Override
  public String cluster() {
    return engine.cluster();
  }

  @Override
  public void check(CatalogConfig catalog) {
    engine.check(catalog);
  }

  @Override
  public boolean works(String work) {
    return engine.works(work);
  }

  @Override
  public void stop(String work) {
    engine.stop(work);
  }

  @Override
  public PipelineOptions options(String jobName) {
    return engine.options(jobName);
  }

  @Override
  public PipelineOptions streaming(String jobName, long commitMillis) {
    return engine.streaming(jobName, commitMillis);
  }

  @Override
  public void stream(Pipeline pipeline, String stage, BooleanSupplier stopped, Watch watch) {
    engine.stream(pipeline, stage, stopped, watch);
  }

  @Override
  public void run(Pipeline pipeline, String stage, Watch watch) {
    engine.run(pipeline, stage, watch);
  }
}
