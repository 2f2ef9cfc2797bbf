package dev.headwater.derive;

import dev.headwater.aggregate.KeyedRows;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.columns.expr.Pruning;
import dev.headwater.columns.expr.SelectPlan;
import dev.headwater.sort.MeetRuns;
import dev.headwater.sort.RunMerge;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.table.BatchSink;
import dev.headwater.table.CheckedWriter;
import dev.headwater.table.PullGroups;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import dev.headwater.table.WorkFn;
import dev.headwater.table.Written;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * A query over the rows of one table, into the files of another. Bounded. Rows that it does not
 * choose count as filtered, and so do all of a group but one. Row groups without a row that it may
 * choose are not read, nor counted.
 */
public final class DeriveTable extends PTransform<PBegin, PCollection<Written>> {
  private static final long serialVersionUID = 1;

  /** The stage's word. */
  public static final String STAGE = "derive";

  private static final long GROUP_BYTES = 64L << 20;
  private static final long ROWS_PER_SHARD = 1_000_000;
  private static final int MAX_SHARDS = 1_024;

  private final SelectPlan selection;
  private final Table source;
  private final SnapshotRef snapshot;
  private final @Nullable Long after;
  private final CheckedWriter.Into into;
  private final Spill spill;
  private final int workers;

  /**
   * Of a table's state.
   *
   * @param selection over the columns of that state
   * @param after only rows that were appended after this snapshot; null: all
   * @param spill where rows wait for their groups; the caller deletes it
   */
  public DeriveTable(
      SelectPlan selection,
      Table source,
      SnapshotRef snapshot,
      @Nullable Long after,
      CheckedWriter.Into into,
      Spill spill,
      int workers) {
    this.selection = selection;
    this.source = SerializableTable.copyOf(source);
    this.snapshot = snapshot;
    this.after = after;
    this.into = into;
    this.spill = spill;
    this.workers = workers;
  }

  @Override
  public PCollection<Written> expand(PBegin begin) {
    if (selection.groups() == null) {
      return begin.apply("Select", read(SelectSink.of(selection, into), Written.coder()));
    }
    GroupQuery query = new GroupQuery(into.table().name(), selection);
    PCollection<SpillGroups.Spilled> spilled =
        begin.apply(
            "Group",
            read(
                SpillGroups.of(query, shards(), spill),
                SerializableCoder.of(SpillGroups.Spilled.class)));
    PCollection<Written> rows =
        spilled
            .apply("Runs", ParDo.of(new Runs()))
            .setCoder(RunRef.coder())
            .apply("Shards", new MeetRuns())
            .apply("Sweep", ParDo.of(new Sweep(query, spill, into)))
            .setCoder(Written.coder());
    PCollection<Written> left =
        spilled.apply("LeftOut", ParDo.of(new LeftOut())).setCoder(Written.coder());
    return PCollectionList.of(rows).and(left).apply("Written", Flatten.pCollections());
  }

  private <T> PullGroups<T> read(BatchSink.Factory<T> sink, Coder<T> coder) {
    var filter = selection.where() == null ? null : Pruning.of(selection.where());
    List<SplitGroup> groups =
        after == null
            ? Splits.of(source, snapshot, filter, GROUP_BYTES, 2 * workers)
            : Splits.appended(source, after, snapshot, GROUP_BYTES, 2 * workers);
    if (groups.isEmpty()) {
      // A query without keys has a row of nothing too.
      groups = List.of(new SplitGroup(new ArrayList<>()));
    }
    return new PullGroups<>(STAGE, groups, source, selection.projection(), filter, sink, coder);
  }

  private int shards() {
    String rows =
        source.snapshot(snapshot.snapshotId()).summary().getOrDefault("total-records", "0");
    return (int) Math.min(MAX_SHARDS, Long.parseLong(rows) / ROWS_PER_SHARD + 1);
  }

  private static final class Runs extends WorkFn<SpillGroups.Spilled, RunRef> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element SpillGroups.Spilled spilled, OutputReceiver<RunRef> out) {
      spilled.runs().forEach(out::output);
    }
  }

  private static final class LeftOut extends WorkFn<SpillGroups.Spilled, Written> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element SpillGroups.Spilled spilled, OutputReceiver<Written> out) {
      out.output(Written.of(List.of(), spilled.left(), 0, spilled.left()));
    }
  }

  private static final class Sweep extends WorkFn<KV<Integer, Iterable<RunRef>>, Written> {
    private static final long serialVersionUID = 1;
    private final GroupQuery query;
    private final Spill spill;
    private final CheckedWriter.Into into;

    Sweep(GroupQuery query, Spill spill, CheckedWriter.Into into) {
      this.query = query;
      this.spill = spill;
      this.into = into;
    }

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<RunRef>> shard, OutputReceiver<Written> out)
        throws IOException {
      List<RunRef> runs = new ArrayList<>();
      shard.getValue().forEach(runs::add);
      try (RunMerge merged = RunMerge.open(spill, runs, GroupQuery.ORDER);
          CheckedWriter writer = CheckedWriter.open(into)) {
        writer.leftOut(new SweepGroups(query, writer).run(new KeyedRows(merged)));
        writer.finish().forEach(out::output);
      }
    }
  }
}
