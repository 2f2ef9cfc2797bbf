package dev.headwater.features;

import dev.headwater.catalog.SnapshotRef;
import dev.headwater.table.Written;
import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.Table;

/**
 * Computes a feature view's table: one row for each distinct (key, time) of its source and of the
 * spines that will ask it. Bounded. Its output is to be committed in one replacement; rows without
 * a key or a time are counted as filtered, rows that never become known as the fact {@code
 * rows-never-known}.
 */
public final class ComputeFeatures extends PTransform<PBegin, PCollection<Written>> {
  private static final long serialVersionUID = 1;
  private final FeatureView view;
  private final Table source;
  private final SnapshotRef snapshot;
  private final List<Spine> spines;
  private final Table target;
  private final String run;
  private final String scratch;
  private final int parallelism;

  private ComputeFeatures(
      FeatureView view,
      Table source,
      SnapshotRef snapshot,
      List<Spine> spines,
      Table target,
      String run,
      String scratch,
      int parallelism) {
    this.view = view;
    this.source = source;
    this.snapshot = snapshot;
    this.spines = List.copyOf(spines);
    this.target = target;
    this.run = run;
    this.scratch = scratch;
    this.parallelism = parallelism;
  }

  /** Computes this view from this state of its source. */
  public static ComputeFeatures of(FeatureView view, Table source, SnapshotRef snapshot) {
    return new ComputeFeatures(view, source, snapshot, List.of(), source, "", "", 1);
  }

  /** Whose points the view's table has besides its own. */
  public ComputeFeatures spines(List<Spine> rows) {
    return new ComputeFeatures(view, source, snapshot, rows, target, run, scratch, parallelism);
  }

  /**
   * Where the rows go, by which run.
   *
   * @param table has the schema of {@link FeatureView#schema}
   */
  public ComputeFeatures into(Table table, String runId) {
    return new ComputeFeatures(view, source, snapshot, spines, table, runId, scratch, parallelism);
  }

  /**
   * Where sorted runs are spilled (a folder's URI; the caller deletes it), and how many workers.
   */
  public ComputeFeatures spill(String location, int workers) {
    return new ComputeFeatures(view, source, snapshot, spines, target, run, location, workers);
  }

  @Override
  public PCollection<Written> expand(PBegin begin) {
    throw new UnsupportedOperationException("features are not there yet: " + view.name());
  }
}
