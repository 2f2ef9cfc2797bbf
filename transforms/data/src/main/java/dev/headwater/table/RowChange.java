package dev.headwater.table;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.parquet.FileBatches;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one split that a commit inserted or deleted.
 *
 * @param split where they are; its deletes hold for the side that has the rows
 * @param gone the deletes of the other side: only the rows that they delete are meant; null means
 *     all that the split has
 * @param inserted whether the commit inserted them
 * @param ordinal the commit's number among those that are read, from 0
 */
record RowChange(
    FileSplit split, @Nullable RowDeletes gone, boolean inserted, int ordinal, long snapshotId)
    implements Serializable {
  FileBatches open(
      FileIO io, Schema projection, @Nullable Expression filter, @Nullable String nameMapping) {
    DeletedRows deletes = new DeletedRows(io);
    if (gone == null) {
      return split.open(io, projection, filter, nameMapping, deletes);
    }
    RowPositions without = deletes.of(split, filter, nameMapping);
    RowPositions only = deletes.of(split.with(gone), filter, nameMapping);
    return split.open(
        io,
        projection,
        filter,
        nameMapping,
        (from, rows) -> {
          Bits others = only.others(from, rows);
          Bits alive = without.others(from, rows);
          Bits meant = others == null ? Bits.none(rows) : others.not();
          return alive == null ? meant : meant.and(alive);
        });
  }

  /** The rows with what is told of their change. */
  RowBatch mark(RowBatch rows) {
    int n = rows.size();
    byte[] type = (inserted ? "INSERT" : "DELETE").getBytes(StandardCharsets.UTF_8);
    int[] ordinals = new int[n];
    Arrays.fill(ordinals, ordinal);
    long[] ids = new long[n];
    Arrays.fill(ids, snapshotId);
    return rows.with(
            MetadataColumns.CHANGE_TYPE,
            DictionaryColumn.of(
                new int[n], BytesColumn.of(type, new int[] {0, type.length}, null), null))
        .with(MetadataColumns.CHANGE_ORDINAL, IntColumn.of(ordinals))
        .with(MetadataColumns.COMMIT_SNAPSHOT_ID, LongColumn.of(ids));
  }
}
