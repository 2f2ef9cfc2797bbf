package dev.headwater.upsert;

import dev.headwater.sort.RunRef;
import dev.headwater.table.CommitTable;
import dev.headwater.table.Replaced;
import dev.headwater.table.RowLineage;
import dev.headwater.table.WorkFn;
import dev.headwater.table.Written;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.iceberg.Table;

/**
 * Incoming rows, spilled by {@link SpillUpsert}, into a table by key: a row takes the place of the
 * table's with the same key, or comes new. Copy-on-write: files that hold one of the keys are
 * written again without those rows, all others stay. Bounded; memory is that of a shard's merge and
 * of a filter of the keys, at most 128 MiB, whatever the rows. Commit it with {@link CommitTable}
 * and an {@link dev.headwater.catalog.commit.Edit.Rewrite} of the snapshot that was read.
 *
 * <p>Which files hold a key: first by their partitions and columns' bounds; then by reading their
 * key columns past the filter; then exactly, where the rows that passed meet the incoming ones.
 */
public final class Upsert extends PTransform<PCollection<RunRef>, PCollection<Written>> {
  private static final long serialVersionUID = 1;
  private static final TupleTag<KV<Integer, TableFile>> FILES = new TupleTag<>("files") {};
  private static final TupleTag<Written> TOTALS = new TupleTag<>("totals") {};
  private static final TupleTag<ShardKeys> KEYS = new TupleTag<>("keys") {};
  private static final TupleTag<RunRef> FOUND = new TupleTag<>("found") {};
  private static final TupleTag<Written> WRITTEN = new TupleTag<>("written") {};
  private static final TupleTag<KV<Integer, RunRef>> DROPPED = new TupleTag<>("dropped") {};
  private static final TupleTag<TableFile> FILE = new TupleTag<>("file") {};
  private static final TupleTag<RunRef> ROWS = new TupleTag<>("rows") {};

  private final UpsertSpec spec;

  public Upsert(UpsertSpec spec) {
    this.spec = spec;
  }

  @Override
  public PCollection<Written> expand(PCollection<RunRef> incoming) {
    var runs = KvCoder.of(VarIntCoder.of(), RunRef.coder());
    PCollection<ShardKeys> keys =
        incoming
            .apply("ToShards", ParDo.of(new ToShards()))
            .setCoder(runs)
            .apply("Shards", GroupByKey.create())
            .apply("OneOfEachKey", ParDo.of(new OneOfEachKey(spec)))
            .setCoder(SerializableCoder.of(ShardKeys.class));
    PCollectionView<List<ShardKeys>> all = keys.apply("AllKeys", View.asList());
    PCollectionTuple found =
        incoming
            .getPipeline()
            .apply("Once", Create.of(0))
            .apply(
                "FindFiles",
                ParDo.of(new Find(spec, all))
                    .withSideInputs(all)
                    .withOutputTags(FILES, TupleTagList.of(TOTALS)));
    PCollection<KV<Integer, TableFile>> files =
        found
            .get(FILES)
            .setCoder(KvCoder.of(VarIntCoder.of(), SerializableCoder.of(TableFile.class)));
    PCollection<KV<Integer, RunRef>> rows =
        files
            .apply("DealOut", Reshuffle.viaRandomKey())
            .apply("FindRows", ParDo.of(new Probe(spec, all)).withSideInputs(all))
            .setCoder(runs);
    PCollectionTuple met =
        KeyedPCollectionTuple.of(
                KEYS,
                keys.apply("ByShard", ParDo.of(new ByShard()))
                    .setCoder(KvCoder.of(VarIntCoder.of(), SerializableCoder.of(ShardKeys.class))))
            .and(FOUND, rows)
            .apply("Meet", CoGroupByKey.create())
            .apply(
                "Decide",
                ParDo.of(new Meet(spec)).withOutputTags(WRITTEN, TupleTagList.of(DROPPED)));
    PCollection<Written> rewritten =
        KeyedPCollectionTuple.of(FILE, files)
            .and(ROWS, met.get(DROPPED).setCoder(runs))
            .apply("ToFiles", CoGroupByKey.create())
            .apply("Rewrite", ParDo.of(new Rewrite(spec)))
            .setCoder(Written.coder());
    return PCollectionList.of(found.get(TOTALS).setCoder(Written.coder()))
        .and(met.get(WRITTEN).setCoder(Written.coder()))
        .and(rewritten)
        .apply("AllWritten", Flatten.pCollections());
  }

  private static final class ToShards extends WorkFn<RunRef, KV<Integer, RunRef>> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element RunRef run, OutputReceiver<KV<Integer, RunRef>> out) {
      out.output(KV.of(run.shard(), run));
    }
  }

  private static final class ByShard extends WorkFn<ShardKeys, KV<Integer, ShardKeys>> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element ShardKeys keys, OutputReceiver<KV<Integer, ShardKeys>> out) {
      out.output(KV.of(keys.shard(), keys));
    }
  }

  private static final class OneOfEachKey extends WorkFn<KV<Integer, Iterable<RunRef>>, ShardKeys> {
    private static final long serialVersionUID = 1;
    private final UpsertSpec spec;

    OneOfEachKey(UpsertSpec spec) {
      this.spec = spec;
    }

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<RunRef>> shard, OutputReceiver<ShardKeys> out)
        throws IOException {
      out.output(ShardKeys.of(spec, shard.getKey(), shard.getValue()));
    }
  }

  private static final class Find extends WorkFn<Integer, KV<Integer, TableFile>> {
    private static final long serialVersionUID = 1;
    private final UpsertSpec spec;
    private final PCollectionView<List<ShardKeys>> keys;

    Find(UpsertSpec spec, PCollectionView<List<ShardKeys>> keys) {
      this.spec = spec;
      this.keys = keys;
    }

    @ProcessElement
    public void process(ProcessContext context) throws IOException {
      List<ShardKeys> shards = context.sideInput(keys);
      FindFiles.of(spec, shards, file -> context.output(KV.of(file.number(), file)));
      long superseded = shards.stream().mapToLong(ShardKeys::superseded).sum();
      context.output(
          TOTALS,
          Written.of(List.of(), 0, 0, superseded)
              .replaced(new Replaced(List.of(), List.of(), 0, 0, FindFiles.keys(spec, shards))));
    }
  }

  private static final class Probe extends WorkFn<KV<Integer, TableFile>, KV<Integer, RunRef>> {
    private static final long serialVersionUID = 1;
    private final UpsertSpec spec;
    private final PCollectionView<List<ShardKeys>> keys;
    private transient @org.jspecify.annotations.Nullable FindRows rows;

    Probe(UpsertSpec spec, PCollectionView<List<ShardKeys>> keys) {
      this.spec = spec;
      this.keys = keys;
    }

    @ProcessElement
    public void process(ProcessContext context) throws IOException {
      FindRows find = rows;
      if (find == null) {
        find = new FindRows(spec, context.sideInput(keys));
        rows = find;
      }
      KV<Integer, TableFile> file = context.element();
      find.of(file.getValue()).forEach(run -> context.output(KV.of(run.shard(), run)));
    }
  }

  private static final class Meet extends WorkFn<KV<Integer, CoGbkResult>, Written> {
    private static final long serialVersionUID = 1;
    private final UpsertSpec spec;

    Meet(UpsertSpec spec) {
      this.spec = spec;
    }

    @ProcessElement
    public void process(@Element KV<Integer, CoGbkResult> shard, MultiOutputReceiver out)
        throws IOException {
      ShardKeys keys = shard.getValue().getOnly(KEYS);
      List<RunRef> found = new ArrayList<>();
      shard.getValue().getAll(FOUND).forEach(found::add);
      try (MeetRows meet = new MeetRows(spec)) {
        meet.run(keys.runs(), found)
            .forEach(run -> out.get(DROPPED).output(KV.of(run.shard(), run)));
        out.get(WRITTEN).output(meet.finish(keys.runs().stream().mapToLong(RunRef::rows).sum()));
      }
    }
  }

  private static final class Rewrite extends WorkFn<KV<Integer, CoGbkResult>, Written> {
    private static final long serialVersionUID = 1;
    private final UpsertSpec spec;
    private final Table table;

    Rewrite(UpsertSpec spec) {
      this.spec = spec;
      this.table = RowLineage.of(spec.table());
    }

    @ProcessElement
    public void process(@Element KV<Integer, CoGbkResult> file, OutputReceiver<Written> out)
        throws IOException {
      List<RunRef> dropped = new ArrayList<>();
      file.getValue().getAll(ROWS).forEach(dropped::add);
      if (dropped.isEmpty()) {
        return;
      }
      try (DroppedRows rows = new DroppedRows(spec.spill(), dropped)) {
        Written written =
            file.getValue().getOnly(FILE).rewrite(table, spec.sink(), spec.run(), rows::others);
        rows.check(written.replaced().dropped());
        out.output(written);
      }
    }
  }
}
