package dev.headwater.parquet;

import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.internal.filter2.columnindex.RowRanges;
import org.jspecify.annotations.Nullable;

/**
 * A row group that is to be read.
 *
 * @param firstRow the position of its first row in the file
 * @param ranges which of its rows; null for all
 */
record RowGroup(int index, BlockMetaData block, long firstRow, @Nullable RowRanges ranges) {
  /**
   * The row groups that begin within these bytes and may match.
   *
   * @param columns what is read of them; null if all rows of a group are read, one by one
   */
  static List<RowGroup> of(
      ParquetFile file,
      long start,
      long length,
      RowGroupFilter wanted,
      @Nullable List<ColumnDescriptor> columns) {
    List<RowGroup> out = new ArrayList<>();
    long firstRow = 0;
    List<BlockMetaData> blocks = file.rowGroups();
    for (int i = 0; i < blocks.size(); i++) {
      BlockMetaData block = blocks.get(i);
      long begins = block.getStartingPos();
      if (begins >= start
          && begins < start + length
          && block.getRowCount() > 0
          && wanted.mayMatch(file.reader(), block)) {
        RowRanges ranges = columns == null ? null : wanted.pages(file.reader(), block, columns);
        if (ranges == null || ranges.rowCount() > 0) {
          out.add(new RowGroup(i, block, firstRow, ranges));
        }
      }
      firstRow += block.getRowCount();
    }
    return out;
  }

  /** The stretches of rows to read, each as its first row and its end within the group. */
  List<long[]> stretches() {
    List<long[]> out = new ArrayList<>();
    if (ranges == null) {
      out.add(new long[] {0, block.getRowCount()});
    } else {
      ranges.getRanges().forEach(range -> out.add(new long[] {range.from, range.to + 1}));
    }
    return out;
  }
}
