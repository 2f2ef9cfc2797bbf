package dev.headwater.features;

import dev.headwater.aggregate.KeyedRows;
import dev.headwater.sort.RunMerge;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.table.BatchWriter;
import dev.headwater.table.WorkFn;
import dev.headwater.table.Written;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.values.KV;
import org.apache.iceberg.Table;

/** One shard's runs, met: merged, swept and written as the view's rows. */
final class SweepShard extends WorkFn<KV<Integer, Iterable<RunRef>>, Written> {
  private static final long serialVersionUID = 1;

  private final Counter rows = Metrics.counter("features", "rows_out");
  private final FeatureQuery query;
  private final Spill spill;
  private final Table target;
  private final String sink;
  private final String run;

  SweepShard(FeatureQuery query, Spill spill, Table target, String sink, String run) {
    this.query = query;
    this.spill = spill;
    this.target = target;
    this.sink = sink;
    this.run = run;
  }

  @ProcessElement
  public void process(@Element KV<Integer, Iterable<RunRef>> shard, OutputReceiver<Written> out)
      throws IOException {
    List<RunRef> points = new ArrayList<>();
    List<RunRef> events = new ArrayList<>();
    for (RunRef ref : shard.getValue()) {
      (ref.stream() == SpillFeatures.POINTS ? points : events).add(ref);
    }
    if (points.isEmpty()) {
      return;
    }
    try (RunMerge asked = RunMerge.open(spill, points, SpillFeatures.ORDER);
        RunMerge known = RunMerge.open(spill, events, SpillFeatures.ORDER);
        BatchWriter writer = BatchWriter.open(target, sink, run).sorting().sketching()) {
      Sweep sweep = new Sweep(query, writer);
      sweep.run(new KeyedRows(asked), new KeyedRows(known));
      rows.inc(sweep.points());
      out.output(
          Written.of(writer.finish(), 0, sweep.points(), sweep.repeated()).sketch(writer.sketch()));
    }
  }

  /** Each run by itself. */
  static final class Runs extends WorkFn<Spilled, RunRef> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Spilled spilled, OutputReceiver<RunRef> out) {
      spilled.runs().forEach(out::output);
    }
  }

  /** What was read and left out, to be added to what is written. */
  static final class Counts extends WorkFn<Spilled, Written> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Spilled spilled, OutputReceiver<Written> out) {
      out.output(
          new Written(
              List.of(),
              List.of(),
              spilled.in(),
              0,
              0,
              spilled.unasked() + spilled.pointless(),
              Map.of(
                  "rows_without_point",
                  Long.toString(spilled.pointless()),
                  "rows_never_known",
                  Long.toString(spilled.neverKnown()))));
    }
  }
}
