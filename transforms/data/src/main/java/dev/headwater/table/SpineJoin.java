package dev.headwater.table;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.Pruning;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
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
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
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

  /** Above any id of a spine's column; ids are given anew in the end. */
  private static final int FIRST_VIEW_ID = 1 << 30;

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
    List<Types.NestedField> fields = new ArrayList<>();
    for (String column : rows.columns()) {
      Types.NestedField field = field(rows.table(), rows.snapshot(), column);
      fields.add(Types.NestedField.from(field).withName(column).build());
    }
    for (View view : views) {
      for (String column : view.columns()) {
        Types.NestedField field = field(view.table(), view.snapshot(), column);
        fields.add(
            Types.NestedField.optional(
                FIRST_VIEW_ID + fields.size(), view.alias() + "__" + column, field.type()));
      }
    }
    return TypeUtil.assignFreshIds(new Schema(fields), new AtomicInteger()::incrementAndGet);
  }

  private static Types.NestedField field(Table table, SnapshotRef snapshot, String column) {
    Schema schema = Snapshots.schema(table, snapshot);
    JoinLayout.type(snapshot.table().toString(), schema, column);
    return schema.findField(column);
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
    JoinLayout spine = spineLayout(spineSchema, where);
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
      JoinLayout layout = viewLayout(view, spineSchema);
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
            schema(rows, views),
            JoinShard.Limits.DEFAULT);
    return PCollectionList.of(runs)
        .apply("AllRuns", Flatten.pCollections())
        .apply("ToShards", ParDo.of(new ToShards()))
        .setCoder(KvCoder.of(VarIntCoder.of(), RunRef.coder()))
        .apply("Meet", GroupByKey.create())
        .apply("Join", ParDo.of(new Join<>(means.stage(), join, spill, sink)))
        .setCoder(coder);
  }

  private JoinLayout spineLayout(Schema schema, @Nullable Expression where) {
    String what = rows.snapshot().table().toString();
    JoinLayout.type(what, schema, rows.time());
    rows.columns().forEach(column -> JoinLayout.type(what, schema, column));
    List<List<String>> keys = new ArrayList<>();
    for (View view : views) {
      view.keys().values().forEach(column -> JoinLayout.type(what, schema, column));
      keys.add(List.copyOf(view.keys().values()));
    }
    return JoinLayout.of(
        schema, rows.time(), keys, rows.columns(), where == null ? Set.of() : where.columns());
  }

  private JoinLayout viewLayout(View view, Schema spineSchema) {
    Schema schema = Snapshots.schema(view.table(), view.snapshot());
    String what = view.snapshot().table() + " as " + view.alias();
    view.columns().forEach(column -> JoinLayout.type(what, schema, column));
    Map<String, String> pairs = new LinkedHashMap<>(view.keys());
    pairs.put(view.time(), rows.time());
    pairs.forEach(
        (ours, theirs) -> {
          Type our = JoinLayout.type(what, schema, ours);
          Type their = spineSchema.findType(theirs);
          if (!KeyCodec.comparable(our, their)) {
            throw new HeadwaterException(
                Kind.USAGE,
                "Cannot join "
                    + what
                    + ": its "
                    + ours
                    + " ("
                    + our
                    + ") meets "
                    + theirs
                    + " ("
                    + their
                    + ").",
                "join the view on a column of the same type.");
          }
        });
    return JoinLayout.of(
        schema, view.time(), List.of(List.copyOf(view.keys().keySet())), view.columns(), Set.of());
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

  private static final class ToShards extends DoFn<RunRef, KV<Integer, RunRef>> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element RunRef run, OutputReceiver<KV<Integer, RunRef>> out) {
      out.output(KV.of(run.shard(), run));
    }
  }

  private static final class Join<T> extends DoFn<KV<Integer, Iterable<RunRef>>, T> {
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
