package dev.headwater.upsert;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.sort.RunOrder;
import dev.headwater.sort.RunRef;
import dev.headwater.sort.SortKey;
import dev.headwater.sort.SpillWriter;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** The rows of a file that may have one of the keys, into sorted runs by shard. */
final class FindRows {
  private static final long BUFFER_BYTES = 16L << 20;
  private static final RunOrder ORDER = RunOrder.by(UpsertSpec.KEY);

  private final UpsertSpec spec;
  private final SortKey key;
  private final @Nullable SortKey order;
  private final KeyFilter[] filters;

  FindRows(UpsertSpec spec, Iterable<ShardKeys> shards) throws IOException {
    this.spec = spec;
    this.key = spec.keyOf();
    this.order = spec.orderOf();
    this.filters = new KeyFilter[spec.shards()];
    Arrays.fill(filters, KeyFilter.of(0, 8));
    for (ShardKeys shard : shards) {
      filters[shard.shard()] = shard.filter(spec.spill());
    }
  }

  List<RunRef> of(TableFile file) throws IOException {
    Schema schema = spec.foundRuns();
    try (SpillWriter runs =
        new SpillWriter(
            spec.spill(), UpsertSpec.FOUND, ORDER, BUFFER_BYTES, UnaryOperator.identity())) {
      file.read(
          spec.base(),
          spec.found(),
          (batch, first) -> {
            Column keys = key.of(batch);
            int[] shards = SpillUpsert.shards(keys, filters.length);
            int[] rows = hits(keys, shards);
            if (rows.length > 0) {
              RowBatch found = batch.gather(rows);
              int[] files = new int[rows.length];
              Arrays.fill(files, file.number());
              runs.accept(
                  RowBatch.of(
                      schema,
                      rows.length,
                      keys.gather(rows),
                      order == null
                          ? LongColumn.of(new long[rows.length])
                          : order.nullsFirst(found),
                      IntColumn.of(files),
                      LongColumn.of(
                          Arrays.stream(rows).asLongStream().map(r -> first + r).toArray())),
                  Arrays.stream(rows).map(row -> shards[row]).toArray());
            }
          });
      return runs.finish();
    }
  }

  private int[] hits(Column keys, int[] shards) {
    long[] hashes = SortKey.hashes(keys);
    Bits nulls = keys.nulls();
    int[] rows = new int[hashes.length];
    int n = 0;
    for (int row = 0; row < hashes.length; row++) {
      if ((nulls == null || !nulls.get(row)) && filters[shards[row]].mayHold(hashes[row])) {
        rows[n++] = row;
      }
    }
    return Arrays.copyOf(rows, n);
  }
}
