package dev.headwater.features;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.columns.expr.Expression;
import dev.headwater.sort.KeyCodec;
import dev.headwater.sort.MeetRuns;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.table.BatchSink;
import dev.headwater.table.PullGroups;
import dev.headwater.table.Snapshots;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import dev.headwater.table.TimeBuckets;
import dev.headwater.table.TimeRange;
import dev.headwater.table.Written;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * Computes a feature view's table: one row for each distinct (key, time) of its source and of the
 * spines that will ask it. Bounded. Its output is to be committed in one replacement.
 *
 * <p>Rows without a key or a time, rows that a spine's condition leaves out and repeated points
 * count as filtered; facts tell {@code rows_without_point} and {@code rows_never_known}.
 */
public final class ComputeFeatures extends PTransform<PBegin, PCollection<Written>> {
  private static final long serialVersionUID = 1;
  private static final String STAGE = "features";
  private static final long GROUP_BYTES = 64L << 20;
  private static final long ROWS_PER_SHARD = 2_000_000;
  private static final int MAX_SHARDS = 1_024;

  private final FeatureView view;
  private final Table source;
  private final SnapshotRef snapshot;
  private final transient List<Spine> spines;
  private final Table target;
  private final String run;
  private final String scratch;
  private final int workers;

  private ComputeFeatures(
      FeatureView view,
      Table source,
      SnapshotRef snapshot,
      List<Spine> spines,
      Table target,
      String run,
      String scratch,
      int workers) {
    this.view = view;
    this.source = source;
    this.snapshot = snapshot;
    this.spines = List.copyOf(spines);
    this.target = target;
    this.run = run;
    this.scratch = scratch;
    this.workers = workers;
  }

  /** Computes this view from this state of its source. */
  public static ComputeFeatures of(FeatureView view, Table source, SnapshotRef snapshot) {
    return new ComputeFeatures(view, source, snapshot, List.of(), source, "", "", 1);
  }

  /** Whose points the view's table has besides its own. */
  public ComputeFeatures spines(List<Spine> rows) {
    return new ComputeFeatures(view, source, snapshot, rows, target, run, scratch, workers);
  }

  /**
   * Where the rows go, by which run.
   *
   * @param table has the schema of {@link FeatureView#schema}
   */
  public ComputeFeatures into(Table table, String runId) {
    return new ComputeFeatures(view, source, snapshot, spines, table, runId, scratch, workers);
  }

  /**
   * Where sorted runs are spilled (a folder's URI; the caller deletes it), and how many workers.
   */
  public ComputeFeatures spill(String location, int workerCount) {
    return new ComputeFeatures(view, source, snapshot, spines, target, run, location, workerCount);
  }

  @Override
  public PCollection<Written> expand(PBegin begin) {
    if (run.isEmpty() || scratch.isEmpty()) {
      throw new IllegalStateException("say where features go (into) and spill (spill) first");
    }
    FeatureQuery query = new FeatureQuery(view, Snapshots.schema(source, snapshot));
    Spill spill = Spill.in(scratch, target.io());
    Shards shards = shards();
    List<PCollection<Spilled>> parts = new ArrayList<>();
    parts.add(
        begin.apply(
            "Read " + snapshot.table(),
            read(
                source, snapshot, query.projection(), SpillFeatures.source(query, shards, spill))));
    for (int i = 0; i < spines.size(); i++) {
      parts.add(spine(begin, query, shards, spill, i));
    }
    PCollection<Spilled> spilled =
        PCollectionList.of(parts).apply("AllPoints", Flatten.pCollections());
    PCollection<Written> rows =
        spilled
            .apply("Runs", ParDo.of(new SweepShard.Runs()))
            .setCoder(RunRef.coder())
            .apply("Shards", new MeetRuns())
            .apply(
                "Sweep",
                ParDo.of(
                    new SweepShard(
                        query, spill, SerializableTable.copyOf(target), view.name(), run)))
            .setCoder(Written.coder());
    PCollection<Written> counts =
        spilled.apply("Counts", ParDo.of(new SweepShard.Counts())).setCoder(Written.coder());
    return PCollectionList.of(rows).and(counts).apply("Written", Flatten.pCollections());
  }

  private PCollection<Spilled> spine(
      PBegin begin, FeatureQuery query, Shards shards, Spill spill, int number) {
    Spine spine = spines.get(number);
    Schema schema = Snapshots.schema(spine.table(), spine.snapshot());
    List<String> keys = new ArrayList<>();
    for (String key : view.keys()) {
      String column = spine.keys().get(key);
      check(spine, key, column, schema, query.schema().findType(key));
      keys.add(column);
    }
    check(spine, view.time(), spine.time(), schema, query.schema().findType(view.time()));
    String condition = spine.where();
    Expression where = condition == null ? null : Expression.parse(condition, schema);
    Set<String> names = new LinkedHashSet<>(keys);
    names.add(spine.time());
    if (where != null) {
      names.addAll(where.columns());
    }
    return begin.apply(
        "Read spine " + (number + 1) + " " + spine.snapshot().table(),
        read(
            spine.table(),
            spine.snapshot(),
            schema.select(names),
            SpillFeatures.spine(query, shards, spill, keys, spine.time(), where)));
  }

  private void check(
      Spine spine, String ours, @Nullable String theirs, Schema schema, Type expected) {
    Type type = theirs == null ? null : schema.findType(theirs);
    if (type == null || !KeyCodec.comparable(type, expected)) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Feature view "
              + view.name()
              + " cannot serve "
              + spine.snapshot().table()
              + ": its "
              + ours
              + " ("
              + expected
              + ") meets "
              + (type == null ? "no column" : theirs + " (" + type + ")")
              + ".",
          "join the view on a column of the same type.");
    }
  }

  private PullGroups<Spilled> read(
      Table table, SnapshotRef at, Schema projection, BatchSink.Factory<Spilled> sink) {
    List<SplitGroup> groups = Splits.of(table, at, null, GROUP_BYTES, 2 * workers);
    return new PullGroups<>(
        STAGE,
        groups,
        SerializableTable.copyOf(table),
        projection,
        null,
        sink,
        SerializableCoder.of(Spilled.class));
  }

  private Shards shards() {
    TimeRange range = TimeRange.of(source, snapshot, view.time(), null);
    for (Spine spine : spines) {
      range = range.and(TimeRange.of(spine.table(), spine.snapshot(), spine.time(), null));
    }
    int count =
        (int) Math.min(MAX_SHARDS, Math.max(4L * workers, range.rows() / ROWS_PER_SHARD + 1));
    if (!view.keys().isEmpty()) {
      return Shards.byKey(count);
    }
    return Shards.byTime(TimeBuckets.over(range, count, view.longest()), view.longest());
  }
}
