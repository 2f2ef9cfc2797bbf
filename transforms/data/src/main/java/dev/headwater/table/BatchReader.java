package dev.headwater.table;

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
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * A Parquet file's rows as batches of columns, in the file's order. One thread.
 *
 * <p>Columns are found by field id, or by name in a file without ids; a column that the file lacks
 * is null (or its default). Row groups that the filter rules out by statistics or dictionaries are
 * skipped; the other rows come unfiltered. Any fault of the file is a {@code HeadwaterException} of
 * kind DATA that names the file and the place.
 */
public final class BatchReader implements CloseableIterator<RowBatch> {
  private final ParquetFile file;
  private final Schema projection;
  private final List<FileColumns.Source> sources;
  private final Deque<BlockGroup> groups;
  private final @Nullable NestedRows nested;
  private final RowPositions deleted;

  private @Nullable PageReadStore pages;
  private final List<@Nullable ChunkReader> chunks = new ArrayList<>();
  private @Nullable BlockGroup group;
  private long groupRowsLeft;
  private int rowsPerBatch;
  private final Deque<Piece> ready = new ArrayDeque<>();
  private long nextRow;
  private long position;

  /** A row group to read, and where its rows lie in the file. */
  private record BlockGroup(int index, BlockMetaData block, long firstRow) {}

  /** A batch, and where its first row lies in the file. */
  private record Piece(RowBatch batch, long position) {}

  private BatchReader(
      ParquetFile file,
      Schema projection,
      List<FileColumns.Source> sources,
      Deque<BlockGroup> groups,
      @Nullable NestedRows nested,
      RowPositions deleted) {
    this.file = file;
    this.projection = projection;
    this.sources = sources;
    this.groups = groups;
    this.nested = nested;
    this.deleted = deleted;
  }

  /** Reads the row groups that begin within these bytes. */
  public static BatchReader open(
      InputFile file, Schema projection, @Nullable Expression filter, long start, long length) {
    return open(
        file,
        projection,
        filter,
        FileSplit.of(file.location(), start + length, start, length),
        null,
        false,
        new RowPositions());
  }

  /**
   * Reads a file that is not a table's: columns are found by name, whatever ids the file has. The
   * schema's nested columns must be as the file has them.
   */
  public static BatchReader openByName(InputFile file, Schema projection, long start, long length) {
    return open(
        file,
        projection,
        null,
        FileSplit.of(file.location(), start + length, start, length),
        null,
        true,
        new RowPositions());
  }

  /** Reads a table's split, without the rows that are deleted. */
  static BatchReader open(
      FileIO io,
      FileSplit split,
      Schema projection,
      @Nullable Expression filter,
      @Nullable String nameMapping,
      DeletedRows deletes) {
    RowPositions deleted = deletes.of(split, filter, nameMapping);
    InputFile file = io.newInputFile(split.path(), split.fileLength());
    return open(file, projection, filter, split, nameMapping, false, deleted);
  }

  private static BatchReader open(
      InputFile input,
      Schema projection,
      @Nullable Expression filter,
      FileSplit split,
      @Nullable String nameMapping,
      boolean byName,
      RowPositions deleted) {
    ParquetFile file = ParquetFile.open(input);
    try {
      MessageType schema =
          byName ? file.schemaByName(projection) : file.schemaWithIds(projection, nameMapping);
      RowGroupFilter wanted = RowGroupFilter.of(filter, projection, schema);
      Deque<BlockGroup> groups = new ArrayDeque<>();
      long firstRow = 0;
      List<BlockMetaData> blocks = file.rowGroups();
      for (int i = 0; i < blocks.size(); i++) {
        BlockMetaData block = blocks.get(i);
        long begins = block.getStartingPos();
        if (begins >= split.start()
            && begins < split.start() + split.length()
            && block.getRowCount() > 0
            && wanted.mayMatch(file.reader(), block)) {
          groups.add(new BlockGroup(i, block, firstRow));
        }
        firstRow += block.getRowCount();
      }
      if (FileColumns.areFlat(projection, schema)) {
        List<FileColumns.Source> sources = FileColumns.of(projection, schema, split.constants());
        List<ColumnDescriptor> stored = new ArrayList<>();
        for (FileColumns.Source source : sources) {
          if (source.stored() != null) {
            stored.add(source.stored());
          }
        }
        file.reader().setRequestedSchema(stored);
        return new BatchReader(file, projection, sources, groups, null, deleted);
      }
      NestedRows nested =
          new NestedRows(
              input, projection, byName ? file.schema() : null, nameMapping, split.constants());
      return new BatchReader(file, projection, List.of(), groups, nested, deleted);
    } catch (RuntimeException e) {
      try {
        file.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e instanceof HeadwaterException ? e : file.fault(ParquetFile.reason(e), e);
    }
  }

  /**
   * The position in the file of the first row of the batch that {@link #next} gave last; the others
   * follow one by one unless some are deleted.
   */
  public long position() {
    return position;
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty()) {
      if (groupRowsLeft == 0 && !nextGroup()) {
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
    BlockGroup next = groups.poll();
    if (next == null) {
      return false;
    }
    group = next;
    groupRowsLeft = next.block().getRowCount();
    nextRow = next.firstRow();
    long bytesPerRow = Math.max(1, next.block().getTotalByteSize() / groupRowsLeft);
    rowsPerBatch = (int) Math.max(1, Math.min(RowBatch.MAX_ROWS, RowBatch.MAX_BYTES / bytesPerRow));
    try {
      if (nested != null) {
        nested.begin(next.block());
        return true;
      }
      pages = file.reader().readRowGroup(next.index());
      chunks.clear();
      for (FileColumns.Source source : sources) {
        ColumnDescriptor stored = source.stored();
        chunks.add(
            stored == null || pages == null
                ? null
                : new ChunkReader(stored, pages.getPageReader(stored), Decoders.of(stored)));
      }
      return true;
    } catch (IOException | RuntimeException e) {
      throw fault(e, null);
    }
  }

  private void fill() {
    int rows = (int) Math.min(rowsPerBatch, groupRowsLeft);
    RowBatch batch = nested == null ? columns(rows) : rows(nested, rows);
    Bits kept = deleted.others(nextRow, rows);
    if (kept == null) {
      halve(batch, nextRow);
    } else if (kept.count() > 0) {
      halve(batch.filter(kept), nextRow + kept.positions()[0]);
    }
    groupRowsLeft -= rows;
    nextRow += rows;
  }

  private RowBatch columns(int rows) {
    Column[] out = new Column[sources.size()];
    for (int i = 0; i < out.length; i++) {
      FileColumns.Source source = sources.get(i);
      ChunkReader chunk = chunks.get(i);
      try {
        out[i] =
            chunk == null ? source.constant(rows) : source.conversion().apply(chunk.read(rows));
        if (out[i].nulls() != null && source.wanted().isRequired()) {
          throw new IllegalArgumentException("it has nulls, but is required");
        }
      } catch (IOException | RuntimeException e) {
        throw fault(e, source.wanted().name());
      }
    }
    return RowBatch.of(projection, rows, out);
  }

  private RowBatch rows(NestedRows from, int rows) {
    try {
      return from.read(rows);
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
    if (nested != null) {
      nested.close();
    }
    file.close();
  }

  /** Which decoder a stored column's values need. */
  private static final class Decoders {
    static ColumnDecoder of(ColumnDescriptor stored) {
      var type = stored.getPrimitiveType();
      return switch (type.getPrimitiveTypeName()) {
        case BOOLEAN -> new BooleanDecoder();
        case INT32 -> new IntDecoder();
        case INT64 -> new LongDecoder();
        case FLOAT -> new FloatDecoder();
        case DOUBLE -> new DoubleDecoder();
        case INT96 -> new BytesDecoder(12);
        case BINARY -> new BytesDecoder(0);
        case FIXED_LEN_BYTE_ARRAY -> new BytesDecoder(type.getTypeLength());
      };
    }

    private Decoders() {}
  }
}
