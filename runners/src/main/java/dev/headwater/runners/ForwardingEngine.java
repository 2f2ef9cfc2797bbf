package dev.headwater.runners;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.pipelines.Engine;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;

/** An engine that is another one, but for what it overrides; it stands for all of its places. */
interface ForwardingEngine extends Engine {
  /** The other one. */
  Engine engine();

  @Override
  default String name() {
    return engine().name();
  }

  @Override
  default String version() {
    return engine().version();
  }

  @Override
  default int workers() {
    return engine().workers();
  }

  @Override
  default int slots() {
    return engine().slots();
  }

  @Override
  default boolean isHere() {
    return engine().isHere();
  }

  @Override
  default void check(CatalogConfig catalog) {
    engine().check(catalog);
  }

  @Override
  default String cluster() {
    return engine().cluster();
  }

  @Override
  default String place() {
    return engine().place();
  }

  @Override
  default boolean works(String work) {
    return engine().works(work);
  }

  @Override
  default void stop(String work) {
    engine().stop(work);
  }

  @Override
  default Optional<String> named(String meant) {
    return engine().named(meant);
  }

  @Override
  default boolean await(String work, String stage, BooleanSupplier stopped, Watch watch) {
    return engine().await(work, stage, stopped, watch);
  }

  @Override
  default Duration signOfLife() {
    return engine().signOfLife();
  }

  @Override
  default PipelineOptions options(String jobName) {
    return engine().options(jobName);
  }

  @Override
  default PipelineOptions streaming(String jobName, long commitMillis) {
    return engine().streaming(jobName, commitMillis);
  }

  @Override
  default void stream(Pipeline pipeline, String stage, BooleanSupplier stopped, Watch watch) {
    engine().stream(pipeline, stage, stopped, watch);
  }

  @Override
  default void run(Pipeline pipeline, String stage, Watch watch) {
    engine().run(pipeline, stage, watch);
  }
}
