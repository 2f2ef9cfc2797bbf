package dev.headwater.upsert;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.sort.RunOrder;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.SortKey;
import dev.headwater.sort.SpillWriter;
import dev.headwater.table.TableColumns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Incoming rows of an upsert into sorted runs: by shard of their key, then by key, order and place.
 * One thread; memory is about three times the buffer.
 */
public final class SpillUpsert implements AutoCloseable {
  static final RunOrder ORDER = RunOrder.by(UpsertSpec.KEY, UpsertSpec.ORDER, UpsertSpec.PLACE);
  private static final long BUFFER_BYTES = 32L << 20;

  private final UpsertSpec spec;
  private final SortKey key;
  private final @Nullable SortKey order;
  private final TableColumns columns;
  private final Schema schema;
  private final List<String> names;
  private final SpillWriter runs;
  private long rows;

  public SpillUpsert(UpsertSpec spec) {
    this.spec = spec;
    this.key = spec.keyOf();
    this.order = spec.orderOf();
    this.columns = new TableColumns(spec.table().schema());
    this.schema = spec.incomingRuns();
    this.names =
        schema.columns().stream().skip(UpsertSpec.FIRST_COLUMN).map(f -> f.name()).toList();
    this.runs =
        new SpillWriter(
            spec.spill(), UpsertSpec.INCOMING, ORDER, BUFFER_BYTES, UnaryOperator.identity());
  }

  /**
   * Takes rows.
   *
   * @param place the first one's place among all incoming rows, the others' follow: of rows with
   *     one key and one order the greatest place stays
   * @throws HeadwaterException DATA if a key is null
   */
  public void accept(RowBatch batch, long place) {
    if (batch.size() == 0) {
      return;
    }
    RowBatch fitted = columns.fit(batch);
    Column keys = key.of(fitted);
    Bits nulls = keys.nulls();
    if (nulls != null && nulls.count() > 0) {
      throw new HeadwaterException(
          Kind.DATA,
          "Cannot upsert into %s: %d of %d rows have a null in their key (%s)."
              .formatted(
                  spec.base().name(), nulls.count(), batch.size(), String.join(", ", spec.key())),
          "let a contract send such rows to the letters (required: true), or choose another key.");
    }
    long[] places = new long[batch.size()];
    Arrays.setAll(places, i -> place + i);
    List<Column> out = new ArrayList<>();
    out.add(keys);
    out.add(order == null ? LongColumn.of(new long[places.length]) : order.nullsFirst(fitted));
    out.add(LongColumn.of(places));
    names.forEach(name -> out.add(fitted.column(name)));
    runs.accept(RowBatch.of(schema, places.length, out), shards(keys, spec.shards()));
    rows += places.length;
  }

  static int[] shards(Column keys, int count) {
    long[] hashes = SortKey.hashes(keys);
    int[] shards = new int[hashes.length];
    for (int i = 0; i < shards.length; i++) {
      shards[i] = SortKey.shard(hashes[i], count);
    }
    return shards;
  }

  /** Rows accepted so far. */
  public long rows() {
    return rows;
  }

  public List<RunRef> finish() {
    return runs.finish();
  }

  @Override
  public void close() {
    runs.close();
  }
}
