package dev.headwater.derive;

import dev.headwater.aggregate.KeyedRows;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Pruning;
import dev.headwater.columns.expr.QueryPlan;
import dev.headwater.columns.expr.SelectPlan;
import dev.headwater.sort.RunMerge;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.table.BatchSink;
import dev.headwater.table.PullGroups;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import dev.headwater.table.WorkFn;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.expressions.Expression;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a query in a pipeline. What looks at each row alone is done on its way into what
 * follows; rows travel between workers only where they must meet.
 */
final class QuerySteps {
  private static final long GROUP_BYTES = 64L << 20;
  private static final long ROWS_PER_SHARD = 1_000_000;
  private static final int MAX_SHARDS = 1_024;

  private final Map<String, DeriveQuery.Input> inputs;
  private final String target;
  private final Spill spill;
  private final int workers;

  QuerySteps(Map<String, DeriveQuery.Input> inputs, String target, Spill spill, int workers) {
    this.inputs = inputs;
    this.target = target;
    this.spill = spill;
    this.workers = workers;
  }

  /** The rows of a plan in sinks of their own, and what each is finished into. */
  <T> PCollection<T> of(
      PBegin begin, String name, QueryPlan plan, BatchSink.Factory<T> sink, Coder<T> coder) {
    if (plan instanceof QueryPlan.Scan scan) {
      return scan(begin, name, scan, null, sink, coder);
    }
    if (plan instanceof QueryPlan.Selected selected) {
      return selected(begin, name, selected, sink, coder);
    }
    if (plan instanceof QueryPlan.Joined join) {
      MergeJoin merge = new MergeJoin(join);
      int shards = join.left().keys().isEmpty() ? 1 : shards(plan);
      PCollectionList<RunRef> runs =
          PCollectionList.of(side(begin, name + " left", join.left(), merge.left(), shards))
              .and(side(begin, name + " right", join.right(), merge.right(), shards));
      return meet(name + " join", runs, merge::run, sink, coder);
    }
    if (plan instanceof QueryPlan.Windowed windowed) {
      SweepWindows sweep = new SweepWindows(target, windowed);
      int shards = windowed.partition().isEmpty() ? 1 : shards(plan);
      PCollectionList<RunRef> runs =
          PCollectionList.of(
              of(begin, name, windowed.from(), sweep.spill(shards, spill), RunRef.coder()));
      return meet(name + " windows", runs, sweep::run, sink, coder);
    }
    List<PCollection<T>> parts = new ArrayList<>();
    for (QueryPlan part : ((QueryPlan.Together) plan).parts()) {
      parts.add(of(begin, name + " " + parts.size(), part, sink, coder));
    }
    return PCollectionList.of(parts).apply(name + " union", Flatten.pCollections());
  }

  private PCollection<RunRef> side(
      PBegin begin, String name, QueryPlan.Side side, JoinSide to, int shards) {
    return of(begin, name, side.rows(), to.spill(shards, spill), RunRef.coder());
  }

  private <T> PCollection<T> selected(
      PBegin begin,
      String name,
      QueryPlan.Selected selected,
      BatchSink.Factory<T> sink,
      Coder<T> coder) {
    SelectPlan select = selected.select();
    if (select.groups() != null) {
      GroupQuery query = new GroupQuery(target, select);
      int shards = query.keys().none() ? 1 : shards(selected);
      PCollection<RunRef> runs =
          from(
                  begin,
                  name,
                  selected,
                  SpillGroups.of(query, shards, spill),
                  SerializableCoder.of(SpillGroups.Spilled.class))
              .apply(name + " runs", ParDo.of(new Runs()))
              .setCoder(RunRef.coder());
      return meet(
          name + " groups",
          PCollectionList.of(runs),
          (spilled, shard, into) -> {
            try (RunMerge rows = RunMerge.open(spilled, Shards.of(shard, 0), GroupQuery.ORDER)) {
              new SweepGroups(query, into).run(new KeyedRows(rows));
            }
          },
          sink,
          coder);
    }
    return from(begin, name, selected, () -> new Selecting<>(select, sink.open()), coder);
  }

  private <T> PCollection<T> from(
      PBegin begin,
      String name,
      QueryPlan.Selected selected,
      BatchSink.Factory<T> sink,
      Coder<T> coder) {
    var where = selected.select().where();
    return selected.from() instanceof QueryPlan.Scan scan
        ? scan(begin, name, scan, where == null ? null : Pruning.of(where), sink, coder)
        : of(begin, name, selected.from(), sink, coder);
  }

  private <T> PCollection<T> scan(
      PBegin begin,
      String name,
      QueryPlan.Scan scan,
      @Nullable Expression filter,
      BatchSink.Factory<T> sink,
      Coder<T> coder) {
    DeriveQuery.Input input = Objects.requireNonNull(inputs.get(scan.table()));
    List<SplitGroup> groups =
        Splits.of(input.table(), input.at(), filter, GROUP_BYTES, 2 * workers);
    if (groups.isEmpty()) {
      // What is made of no rows is made.
      groups = List.of(new SplitGroup(new ArrayList<>()));
    }
    return begin.apply(
        name + " " + scan.table(),
        new PullGroups<>(
            DeriveTable.STAGE,
            groups,
            SerializableTable.copyOf(input.table()),
            scan.schema(),
            filter,
            sink,
            coder));
  }

  private int shards(QueryPlan plan) {
    return (int) Math.min(MAX_SHARDS, rows(plan) / ROWS_PER_SHARD + 1);
  }

  /** The rows of the tables beneath. */
  private long rows(QueryPlan plan) {
    if (plan instanceof QueryPlan.Scan scan) {
      DeriveQuery.Input input = Objects.requireNonNull(inputs.get(scan.table()));
      return Long.parseLong(
          input
              .table()
              .snapshot(input.at().snapshotId())
              .summary()
              .getOrDefault(SnapshotSummary.TOTAL_RECORDS_PROP, "0"));
    }
    if (plan instanceof QueryPlan.Selected selected) {
      return rows(selected.from());
    }
    if (plan instanceof QueryPlan.Windowed windowed) {
      return rows(windowed.from());
    }
    if (plan instanceof QueryPlan.Joined join) {
      return rows(join.left().rows()) + rows(join.right().rows());
    }
    return ((QueryPlan.Together) plan).parts().stream().mapToLong(this::rows).sum();
  }

  /** What is done with the runs of one shard. */
  private interface Sweep extends Serializable {
    void run(Spill spill, List<RunRef> shard, BatchSink<?> into) throws IOException;
  }

  private <T> PCollection<T> meet(
      String name,
      PCollectionList<RunRef> runs,
      Sweep sweep,
      BatchSink.Factory<T> sink,
      Coder<T> coder) {
    return runs.apply(name + " meet", new Shards())
        .apply(name, ParDo.of(new Swept<>(spill, sweep, sink)))
        .setCoder(coder);
  }

  private static final class Swept<T> extends WorkFn<KV<Integer, Iterable<RunRef>>, T> {
    private static final long serialVersionUID = 1;
    private final Spill spill;
    private final Sweep sweep;
    private final BatchSink.Factory<T> factory;

    Swept(Spill spill, Sweep sweep, BatchSink.Factory<T> factory) {
      this.spill = spill;
      this.sweep = sweep;
      this.factory = factory;
    }

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<RunRef>> shard, OutputReceiver<T> out)
        throws IOException {
      // Flink gives them once.
      List<RunRef> runs = new ArrayList<>();
      shard.getValue().forEach(runs::add);
      try (BatchSink<T> sink = factory.open()) {
        sweep.run(spill, runs, sink);
        sink.finish().forEach(out::output);
      }
    }
  }

  private static final class Runs extends WorkFn<SpillGroups.Spilled, RunRef> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element SpillGroups.Spilled spilled, OutputReceiver<RunRef> out) {
      spilled.runs().forEach(out::output);
    }
  }

  /** Rows that are chosen, each computed for itself, into what follows. */
  private record Selecting<T>(SelectPlan select, BatchSink<T> to) implements BatchSink<T> {
    @Override
    public void accept(RowBatch batch) throws IOException {
      RowBatch chosen = select.chosen(batch);
      if (chosen.size() > 0) {
        to.accept(select.computed(chosen));
      }
    }

    @Override
    public List<T> finish() throws IOException {
      return to.finish();
    }

    @Override
    public void close() throws IOException {
      to.close();
    }
  }
}
