package dev.headwater.join;

import dev.headwater.catalog.SnapshotRef;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.Pruning;
import dev.headwater.sort.MeetRuns;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.table.BatchSink;
import dev.headwater.table.PullGroups;
import dev.headwater.table.Snapshots;
import dev.headwater.table.Splits;
import dev.headwater.table.TimeBuckets;
import dev.headwater.table.TimeRange;
import dev.headwater.table.WorkFn;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * Joins the rows of a spine with feature views by (key, time), and gives each shard's rows to a
 * sink: all rows of the spine exactly once, in no particular order. Bounded.
 *
 * <p>A spine row with a null key has nulls in that view's columns; one without its row in a view
 * fails the stage, since a view holds every point of its spines.
 *
 * @param <T> what a sink is finished into
 */
public final class SpineJoin<T> extends PTransform<PBegin, PCollection<T>> {
  private static final long serialVersionUID = 1;
  private static final long GROUP_BYTES = 64L << 20;
  private static final long ROWS_PER_SHARD = 2_000_000;
  private static final int MAX_SHARDS = 1_024;
  private static final long DAY = 86_400_000_000L;

  /**
   * A view to join.
   *
   * @param alias begins the names of its columns: {@code <alias>__<column>}
   * @param keys the view's key column -> the spine's column; empty for a view without a key
   * @param time the view's time column
   * @param columns which of its value columns are wanted
   */
  public record View(
      String alias,
      Table table,
      SnapshotRef snapshot,
      Map<String, String> keys,
      String time,
      List<String> columns) {
    public View {
      keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
      columns = List.copyOf(columns);
    }
  }

  /**
   * The rows to join to.
   *
   * @param time their time column
   * @param columns which of its columns are wanted
   * @param where SQL that tells which rows; Java's null: all
   */
  public record Rows(
      Table table,
      SnapshotRef snapshot,
      String time,
      List<String> columns,
      @Nullable String where) {
    public Rows {
      columns = List.copyOf(columns);
    }
  }

  /**
   * How rows are joined: where runs are spilled (a folder's URI) and how many workers there are.
   */
  public record Means(String stage, String scratch, int workers) implements Serializable {}

  private final transient Rows rows;
  private final transient List<View> views;
  private final Means means;
  private final BatchSink.Factory<T> sink;
  private final Coder<T> coder;

  public SpineJoin(
      Rows rows, List<View> views, Means means, BatchSink.Factory<T> sink, Coder<T> coder) {
    this.rows = rows;
    this.views = new ArrayList<>(views);
    this.means = means;
    this.sink = sink;
    this.coder = coder;
  }

  /** The columns of the joined batches: the spine's that are wanted, then each view's. */
  public static Schema schema(Rows rows, List<View> views) {
    return new JoinColumns(rows, views).joined();
  }

  @Override
  public PCollection<T> expand(PBegin begin) {
    Spill spill = Spill.in(means.scratch(), rows.table().io());
    Schema spineSchema = Snapshots.schema(rows.table(), rows.snapshot());
    String condition = rows.where();
    Expression where = condition == null ? null : Expression.parse(condition, spineSchema);
    org.apache.iceberg.expressions.Expression prune = where == null ? null : Pruning.of(where);
    TimeRange range = TimeRange.of(rows.table(), rows.snapshot(), rows.time(), prune);
    List<org.apache.iceberg.expressions.Expression> filters = new ArrayList<>();
    long total = range.rows();
    for (View view : views) {
      filters.add(within(view, range));
      total +=
          TimeRange.of(view.table(), view.snapshot(), view.time(), filters.get(filters.size() - 1))
              .rows();
    }
    int count =
        (int) Math.min(MAX_SHARDS, Math.max(2L * means.workers(), total / ROWS_PER_SHARD + 1));
    TimeBuckets buckets = TimeBuckets.over(range, count, 1);
    JoinColumns columns = new JoinColumns(rows, views);
    JoinLayout spine = columns.ofSpine(spineSchema, where);
    List<JoinLayout> layouts = new ArrayList<>();
    List<PCollection<RunRef>> runs = new ArrayList<>();
    runs.add(
        begin.apply(
            "Read " + rows.snapshot().table(),
            read(
                rows.table(),
                rows.snapshot(),
                spine.projection(),
                prune,
                SpillForJoin.factory(spine, buckets, where, spill, 0))));
    for (int i = 0; i < views.size(); i++) {
      View view = views.get(i);
      JoinLayout layout = columns.ofView(view, spineSchema);
      layouts.add(layout);
      runs.add(
          begin.apply(
              "Read " + view.alias() + " " + view.snapshot().table(),
              read(
                  view.table(),
                  view.snapshot(),
                  layout.projection(),
                  filters.get(i),
                  SpillForJoin.factory(layout, buckets, null, spill, i + 1))));
    }
    List<String> names =
        views.stream().map(view -> view.alias() + " (" + view.snapshot().table() + ")").toList();
    JoinShard join =
        new JoinShard(
            rows.snapshot().table().toString(),
            names,
            spine,
            layouts,
            columns.joined(),
            JoinShard.Limits.DEFAULT);
    return PCollectionList.of(runs)
        .apply("AllRuns", Flatten.pCollections())
        .apply("Shards", new MeetRuns())
        .apply("Join", ParDo.of(new Join<>(means.stage(), join, spill, sink)))
        .setCoder(coder);
  }

  /** What of a view the spine's files can ask for; Java's null where they don't say. */
  private static org.apache.iceberg.expressions.@Nullable Expression within(
      View view, TimeRange range) {
    if (!range.bounded() || !range.whole()) {
      return null;
    }
    Type type = Snapshots.schema(view.table(), view.snapshot()).findType(view.time());
    long unit = type != null && type.typeId() == Type.TypeID.DATE ? DAY : 1;
    return Expressions.and(
        Expressions.greaterThanOrEqual(view.time(), Math.floorDiv(range.min(), unit)),
        Expressions.lessThanOrEqual(view.time(), Math.floorDiv(range.max(), unit)));
  }

  private PullGroups<RunRef> read(
      Table table,
      SnapshotRef at,
      Schema projection,
      org.apache.iceberg.expressions.@Nullable Expression filter,
      BatchSink.Factory<RunRef> into) {
    return new PullGroups<>(
        means.stage(),
        Splits.of(table, at, filter, GROUP_BYTES, 2 * means.workers()),
        SerializableTable.copyOf(table),
        projection,
        filter,
        into,
        RunRef.coder());
  }

  private static final class Join<T> extends WorkFn<KV<Integer, Iterable<RunRef>>, T> {
    private static final long serialVersionUID = 1;
    private final Counter withoutKey;
    private final JoinShard join;
    private final Spill spill;
    private final BatchSink.Factory<T> factory;

    Join(String stage, JoinShard join, Spill spill, BatchSink.Factory<T> factory) {
      this.withoutKey = Metrics.counter(stage, "rows_without_key");
      this.join = join;
      this.spill = spill;
      this.factory = factory;
    }

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<RunRef>> shard, OutputReceiver<T> out)
        throws IOException {
      try (BatchSink<T> sink = factory.open()) {
        withoutKey.inc(join.run(spill, shard.getValue(), sink));
        sink.finish().forEach(out::output);
      }
    }
  }
}
