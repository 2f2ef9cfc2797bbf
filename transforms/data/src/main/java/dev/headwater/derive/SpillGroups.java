package dev.headwater.derive;

import dev.headwater.aggregate.CombineSorted;
import dev.headwater.aggregate.KeyedRows;
import dev.headwater.aggregate.Lane;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.SortKey;
import dev.headwater.sort.Spill;
import dev.headwater.sort.SpillWriter;
import dev.headwater.table.BatchSink;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.iceberg.Schema;

/** Rows on their way to their groups, combined where their numbers can be. */
final class SpillGroups implements BatchSink<SpillGroups.Spilled> {
  private static final long BUFFER_BYTES = 24L << 20;

  private final GroupQuery query;
  private final int shards;
  private final SpillWriter writer;
  private final Schema schema;
  private long left;
  private boolean any;

  /**
   * What one group of splits became.
   *
   * @param left rows that the query does not choose
   */
  record Spilled(List<RunRef> runs, long left) implements Serializable {
    Spilled {
      runs = new ArrayList<>(runs);
    }
  }

  private SpillGroups(GroupQuery query, int shards, Spill spill) {
    this.query = query;
    this.shards = shards;
    this.schema = query.spilled();
    UnaryOperator<RowBatch> combine =
        query.aggregation().combines()
            ? new CombineSorted(query.aggregation().lanes())
            : UnaryOperator.identity();
    this.writer = new SpillWriter(spill, 0, GroupQuery.ORDER, BUFFER_BYTES, combine);
  }

  static Factory<Spilled> of(GroupQuery query, int shards, Spill spill) {
    return () -> new SpillGroups(query, shards, spill);
  }

  @Override
  public void accept(RowBatch batch) {
    RowBatch chosen = query.selection().chosen(batch);
    left += batch.size() - chosen.size();
    if (chosen.size() == 0) {
      return;
    }
    any = true;
    List<Lane> lanes = query.aggregation().lanes();
    Column[] columns = new Column[KeyedRows.FIRST_LANE + lanes.size()];
    DictionaryColumn keys = query.keys().of(chosen);
    columns[KeyedRows.KEY] = keys;
    columns[KeyedRows.TIME] = LongColumn.of(new long[chosen.size()]);
    for (int i = 0; i < lanes.size(); i++) {
      columns[KeyedRows.FIRST_LANE + i] = LongColumn.of(lanes.get(i).of(chosen));
    }
    writer.accept(RowBatch.of(schema, chosen.size(), columns), shards(keys));
  }

  private int[] shards(DictionaryColumn keys) {
    long[] hashes = SortKey.hashes(keys);
    int[] to = new int[hashes.length];
    for (int i = 0; i < to.length; i++) {
      to[i] = SortKey.shard(hashes[i], shards);
    }
    return to;
  }

  /** Without keys there is one group, of no rows too. */
  private void nothing() {
    List<Lane> lanes = query.aggregation().lanes();
    Column[] columns = new Column[KeyedRows.FIRST_LANE + lanes.size()];
    RowBatch none = RowBatch.of(new Schema(), 1);
    DictionaryColumn keys = query.keys().of(none);
    columns[KeyedRows.KEY] = keys;
    columns[KeyedRows.TIME] = LongColumn.of(0);
    for (int i = 0; i < lanes.size(); i++) {
      columns[KeyedRows.FIRST_LANE + i] = LongColumn.of(lanes.get(i).nothing());
    }
    writer.accept(RowBatch.of(schema, 1, columns), shards(keys));
  }

  @Override
  public List<Spilled> finish() {
    if (!any && query.keys().none()) {
      nothing();
    }
    return List.of(new Spilled(writer.finish(), left));
  }

  @Override
  public void close() {
    writer.close();
  }
}
