package dev.headwater.table;

import dev.headwater.sort.MeetRuns;
import dev.headwater.sort.RunMerge;
import dev.headwater.sort.RunRef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.Table;

/**
 * Runs that {@link BatchWriter#distributing} left into data files, a partition after the other in
 * each shard. Bounded; memory is that of one open file and of a merge, whatever the rows and the
 * partitions. Rows count as kept, not as read.
 */
public final class MeetPartitions extends PTransform<PCollection<RunRef>, PCollection<Written>> {
  private static final long serialVersionUID = 1;
  private final Table table;
  private final String sink;
  private final String run;
  private final Distribution how;

  /** Of a table's rows, into files of this sink and run. */
  public MeetPartitions(Table table, String sink, String run, Distribution how) {
    this.table = RowLineage.later(table);
    this.sink = sink;
    this.run = run;
    this.how = how;
  }

  @Override
  public PCollection<Written> expand(PCollection<RunRef> runs) {
    return runs.apply("Shards", new MeetRuns())
        .apply("MergeWrite", ParDo.of(new MergeWrite(this)))
        .setCoder(Written.coder());
  }

  private static final class MergeWrite extends WorkFn<KV<Integer, Iterable<RunRef>>, Written> {
    private static final long serialVersionUID = 1;
    private final MeetPartitions of;

    MergeWrite(MeetPartitions of) {
      this.of = of;
    }

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<RunRef>> shard, OutputReceiver<Written> out)
        throws IOException {
      List<RunRef> runs = new ArrayList<>();
      shard.getValue().forEach(runs::add);
      String[] names = Distribution.names(of.table.schema());
      try (RunMerge merge = RunMerge.open(of.how.spill(), runs, Distribution.order(of.table));
          BatchWriter writer =
              BatchWriter.open(of.table, of.sink, of.run)
                  .clustered()
                  .sorted(of.table.sortOrder())) {
        MergedRows.drain(merge, batch -> writer.accept(batch.select(names)));
        out.output(Written.of(writer.finish(), 0, writer.rows(), 0));
      }
    }
  }
}
