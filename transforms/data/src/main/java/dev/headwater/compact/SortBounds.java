package dev.headwater.compact;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.table.FileSplit;
import dev.headwater.table.OrderKey;
import dev.headwater.table.SplitGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;

/** Where a group's order is cut, so that each shard becomes about one file. */
final class SortBounds {
  private static final int LOOKED_AT = 32;

  private SortBounds() {}

  /** The keys at which shards begin, but for the first; from the first rows of some splits. */
  static List<byte[]> of(Table table, CompactPlan.Group group, OrderKey key, long targetBytes) {
    int shards = (int) Math.max(1, Math.min(1_024, group.bytes() / targetBytes));
    if (shards == 1) {
      return List.of();
    }
    List<byte[]> seen = new ArrayList<>();
    Schema columns = key.columns();
    String names = table.properties().get(TableProperties.DEFAULT_NAME_MAPPING);
    int step = Math.max(1, group.splits().size() / LOOKED_AT);
    for (int i = 0; i < group.splits().size(); i += step) {
      FileSplit split = group.splits().get(i);
      try (var batches = new SplitGroup(List.of(split)).open(table.io(), columns, null, names)) {
        if (batches.hasNext()) {
          RowBatch batch = batches.next();
          BytesColumn keys = key.of(batch);
          for (int row = 0; row < keys.size(); row += 8) {
            seen.add(keys.get(row));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    seen.sort(Arrays::compareUnsigned);
    List<byte[]> bounds = new ArrayList<>();
    for (int shard = 1; shard < shards && !seen.isEmpty(); shard++) {
      byte[] bound = seen.get((int) ((long) seen.size() * shard / shards));
      if (bounds.isEmpty() || !Arrays.equals(bounds.get(bounds.size() - 1), bound)) {
        bounds.add(bound);
      }
    }
    return bounds;
  }
}
