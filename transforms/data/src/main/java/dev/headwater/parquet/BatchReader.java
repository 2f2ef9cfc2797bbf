package dev.headwater.parquet;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.internal.filter2.columnindex.RowRanges;
import org.jspecify.annotations.Nullable;

/**
 * A Parquet file's rows as batches of columns, in the file's order. One thread.
 *
 * <p>Columns are found by field id, or by name in a file without ids; a column that the file lacks
 * is null (or its default). Row groups that the filter rules out by statistics or dictionaries are
 * skipped, and so are pages by their bounds; the other rows come unfiltered. Any fault of the file
 * is a {@code HeadwaterException} of kind DATA that names the file and the place.
 */
public final class BatchReader implements FileBatches {
  private final ParquetFile file;
  private final Schema projection;
  private final List<FileColumns.Source> sources;
  private final Deque<RowGroup> groups;
  private final @Nullable NestedRows rows;
  private final RowSelection selection;

  private @Nullable PageReadStore pages;
  private final List<GroupColumn> columns = new ArrayList<>();
  private @Nullable RowGroup group;
  private int rowsPerBatch;

  /** The rows to read of the group, as first row and end, and how far that went. */
  private final Deque<long[]> stretches = new ArrayDeque<>();

  private final Deque<Piece> ready = new ArrayDeque<>();
  private long position;

  /** A batch, and where its first row lies in the file. */
  private record Piece(RowBatch batch, long position) {}

  BatchReader(
      ParquetFile file,
      Schema projection,
      List<FileColumns.Source> sources,
      List<RowGroup> groups,
      @Nullable NestedRows rows,
      RowSelection selection) {
    this.file = file;
    this.projection = projection;
    this.sources = sources;
    this.groups = new ArrayDeque<>(groups);
    this.rows = rows;
    this.selection = selection;
  }

  /** Reads the row groups that begin within these bytes. */
  public static BatchReader open(
      InputFile file, Schema projection, @Nullable Expression filter, long start, long length) {
    return FileRead.of(projection, filter, start, length).open(file);
  }

  /**
   * Reads a file that is not a table's: columns are found by name, whatever ids the file has. The
   * schema's nested columns must be as the file has them.
   */
  public static BatchReader openByName(InputFile file, Schema projection, long start, long length) {
    return FileRead.of(projection, null, start, length).named().open(file);
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty()) {
      if (stretches.isEmpty() && !nextGroup()) {
        return false;
      }
      fill();
    }
    return true;
  }

  @Override
  public RowBatch next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Piece next = ready.remove();
    position = next.position();
    return next.batch();
  }

  private boolean nextGroup() {
    closePages();
    RowGroup next = groups.poll();
    if (next == null) {
      return false;
    }
    group = next;
    long size = next.block().getRowCount();
    RowRanges ranges = next.ranges();
    stretches.addAll(next.stretches());
    long bytesPerRow = Math.max(1, next.block().getTotalByteSize() / size);
    rowsPerBatch = (int) Math.max(1, Math.min(RowBatch.MAX_ROWS, RowBatch.MAX_BYTES / bytesPerRow));
    try {
      if (rows != null) {
        rows.begin(next.block());
        return true;
      }
      if (sources.stream().anyMatch(source -> !source.stored().isEmpty())) {
        pages =
            ranges == null
                ? file.reader().readRowGroup(next.index())
                : file.reader().readFilteredRowGroup(next.index(), ranges);
      }
      columns.clear();
      for (FileColumns.Source source : sources) {
        columns.add(source.opening().open(pages));
      }
      return true;
    } catch (IOException | RuntimeException e) {
      throw fault(e, null);
    }
  }

  private void fill() {
    long[] stretch = stretches.element();
    int n = (int) Math.min(rowsPerBatch, stretch[1] - stretch[0]);
    RowBatch batch = rows == null ? columns(stretch[0], n) : rows(rows, n);
    long at = stretch[0] + (group == null ? 0 : group.firstRow());
    Bits kept = selection.of(at, n);
    if (kept == null) {
      halve(batch, at);
    } else if (kept.count() > 0) {
      halve(batch.filter(kept), at + kept.positions()[0]);
    }
    stretch[0] += n;
    if (stretch[0] == stretch[1]) {
      stretches.remove();
    }
  }

  private RowBatch columns(long first, int n) {
    Column[] out = new Column[sources.size()];
    for (int i = 0; i < out.length; i++) {
      Types.NestedField wanted = sources.get(i).wanted();
      try {
        columns.get(i).skipTo(first);
        out[i] = columns.get(i).read(n);
        if (out[i].nulls() != null && wanted.isRequired()) {
          throw new IllegalArgumentException("it has nulls, but is required");
        }
      } catch (IOException | RuntimeException e) {
        throw fault(e, wanted.name());
      }
    }
    return RowBatch.of(projection, n, out);
  }

  private RowBatch rows(NestedRows from, int n) {
    try {
      return from.read(n);
    } catch (RuntimeException e) {
      throw fault(e, null);
    }
  }

  /** Batches that came out much larger than the row group's average are cut. */
  private void halve(RowBatch batch, long at) {
    if (batch.size() > 1 && batch.bytes() > 2L * RowBatch.MAX_BYTES && !isShared(batch)) {
      int middle = batch.size() / 2;
      halve(batch.slice(0, middle), at);
      halve(batch.slice(middle, batch.size()), at + middle);
    } else {
      ready.add(new Piece(batch, at));
    }
  }

  /** Whether most of the bytes are dictionaries, which slices share. */
  private static boolean isShared(RowBatch batch) {
    return batch.slice(0, 1).bytes() > RowBatch.MAX_BYTES;
  }

  private HeadwaterException fault(Exception e, @Nullable String column) {
    if (e instanceof HeadwaterException known) {
      return known;
    }
    long at = group == null ? 0 : group.block().getStartingPos();
    String place = column == null ? "" : ", column " + column;
    return file.fault(
        "the row group at byte " + at + place + " is damaged (" + ParquetFile.reason(e) + ")", e);
  }

  private void closePages() {
    if (pages != null) {
      pages.close();
      pages = null;
    }
  }

  @Override
  public void close() throws IOException {
    closePages();
    if (rows != null) {
      rows.close();
    }
    file.close();
  }
}
