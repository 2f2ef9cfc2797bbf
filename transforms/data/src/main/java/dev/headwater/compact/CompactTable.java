package dev.headwater.compact;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Token;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.Spill;
import dev.headwater.table.DealOut;
import dev.headwater.table.OrderKey;
import dev.headwater.table.RowLineage;
import dev.headwater.table.SplitGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.iceberg.Table;

/**
 * The files of a plan into other files with the same rows, and their commit. Bounded. Exactly once
 * by its token; a group that others changed meanwhile is left as it is.
 *
 * <p>Without an order each group is read and written by one worker. With one, its rows are dealt to
 * shards by ranges of the order, spilled as sorted runs, merged and written shard by shard.
 */
public final class CompactTable extends PTransform<PBegin, PCollection<Committed>> {
  private static final long serialVersionUID = 1;
  static final String STAGE = "compact";

  private final transient CompactPlan plan;
  private final transient Table table;
  private final CompactRule rule;
  private final CatalogConfig catalog;
  private final Token token;
  private final HashMap<String, String> summary;
  private final String scratch;
  private final int workers;

  private CompactTable(
      CompactPlan plan,
      Table table,
      CompactRule rule,
      CatalogConfig catalog,
      Token token,
      Map<String, String> summary,
      String scratch,
      int workers) {
    this.plan = plan;
    this.table = table;
    this.rule = rule;
    this.catalog = catalog;
    this.token = token;
    this.summary = new HashMap<>(summary);
    this.scratch = scratch;
    this.workers = workers;
  }

  /**
   * Does what the plan says.
   *
   * @param token its sink and run name the new files' folder
   * @param summary what the snapshot's summary says besides the token and the counts
   */
  public static CompactTable of(
      CompactPlan plan,
      Table table,
      CompactRule rule,
      CatalogConfig catalog,
      Token token,
      Map<String, String> summary) {
    return new CompactTable(plan, table, rule, catalog, token, summary, "", 1);
  }

  /** Where sorted runs are spilled (a folder; the caller deletes it), and how many workers. */
  public CompactTable spill(String location, int workerCount) {
    return new CompactTable(
        plan, table, rule, catalog, token, summary, location, Math.max(1, workerCount));
  }

  @Override
  public PCollection<Committed> expand(PBegin begin) {
    Table copy = RowLineage.of(table);
    PCollection<Rewritten> rewritten =
        rule.order().isSorted() ? sorted(begin, copy) : packed(begin, copy);
    return rewritten
        .apply("OneKey", WithKeys.of(0))
        .setCoder(KvCoder.of(VarIntCoder.of(), Rewritten.coder()))
        .apply("Together", GroupByKey.create())
        .apply("Commit", ParDo.of(new CommitRewrite(catalog, plan, token, summary)))
        .setCoder(SerializableCoder.of(Committed.class));
  }

  private PCollection<Rewritten> packed(PBegin begin, Table copy) {
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < plan.groups().size(); i++) {
      CompactPlan.Group group = plan.groups().get(i);
      parts.add(new Part(i, new SplitGroup(group.splits()), group.maxBytes(), 0, List.of()));
    }
    return begin
        .apply("DealOut", DealOut.of(parts, Part.class))
        .apply("ReadWrite", ParDo.of(new PackGroup(copy, token)))
        .setCoder(Rewritten.coder());
  }

  private PCollection<Rewritten> sorted(PBegin begin, Table copy) {
    if (scratch.isEmpty()) {
      throw new IllegalStateException("say where sorted runs go (spill) first");
    }
    OrderKey key = new OrderKey(table.schema(), rule.order());
    Spill spill = Spill.in(scratch, table.io());
    List<Part> parts = new ArrayList<>();
    List<SortShard.Of> shards = new ArrayList<>();
    for (int i = 0; i < plan.groups().size(); i++) {
      CompactPlan.Group group = plan.groups().get(i);
      List<byte[]> bounds = SortBounds.of(table, group, key, plan.targetBytes());
      for (SplitGroup piece : CompactPlan.pieces(group, workers)) {
        parts.add(new Part(i, piece, group.maxBytes(), shards.size(), bounds));
      }
      for (int shard = 0; shard <= bounds.size(); shard++) {
        shards.add(new SortShard.Of(i, group.maxBytes()));
      }
    }
    PCollectionTuple spilled =
        begin
            .apply("DealOut", DealOut.of(parts, Part.class))
            .apply(
                "ReadSpill",
                ParDo.of(new SpillSorted(copy, key, spill))
                    .withOutputTags(SpillSorted.RUNS, TupleTagList.of(SpillSorted.READ)));
    PCollection<Rewritten> written =
        spilled
            .get(SpillSorted.RUNS)
            .setCoder(KvCoder.of(VarIntCoder.of(), RunRef.coder()))
            .apply("Meet", GroupByKey.create())
            .apply("MergeWrite", ParDo.of(new SortShard(copy, spill, token, shards, rule.order())))
            .setCoder(Rewritten.coder());
    PCollection<Rewritten> read = spilled.get(SpillSorted.READ).setCoder(Rewritten.coder());
    return PCollectionList.of(written).and(read).apply("All", Flatten.pCollections());
  }
}
