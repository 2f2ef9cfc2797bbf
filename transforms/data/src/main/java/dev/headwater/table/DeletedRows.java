package dev.headwater.table;

import dev.headwater.columns.BytesInterner;
import dev.headwater.columns.RowBatch;
import dev.headwater.parquet.FileBatches;
import dev.headwater.parquet.ParquetFile;
import java.io.IOException;
import java.util.List;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of data files are deleted. Kept for all files that one worker reads after each other,
 * since a delete file often counts for several of them. One thread.
 *
 * <p>Memory: a bit for each row of the file that is read; other files' positions out of the same
 * delete files ({@link PositionDeletes}); deleted keys up to {@value #KEY_BYTES} bytes. More keys
 * are met in several passes over the file's key columns.
 */
public final class DeletedRows {
  static final long KEY_BYTES = 64L << 20;

  private final FileIO io;
  private final long keyBytes;
  private final PositionDeletes positions;
  private RowDeletes.@Nullable Keys loaded;
  private BytesInterner keys = new BytesInterner();

  /** For files that are read through this. */
  public DeletedRows(FileIO io) {
    this(io, KEY_BYTES);
  }

  DeletedRows(FileIO io, long keyBytes) {
    this.io = io;
    this.keyBytes = keyBytes;
    this.positions = new PositionDeletes(io);
  }

  /**
   * The positions of a split's deleted rows, of other rows of its file perhaps too.
   *
   * @param filter rows that cannot match need not be found
   */
  public RowPositions of(
      FileSplit split, @Nullable Expression filter, @Nullable String nameMapping) {
    RowPositions out = new RowPositions();
    for (DeleteFile file : split.deletes().positions()) {
      positions.read(file, split.path(), out::add);
    }
    for (RowDeletes.Keys of : split.deletes().keys()) {
      find(split, filter, nameMapping, of, out);
    }
    return out;
  }

  private void find(
      FileSplit split,
      @Nullable Expression filter,
      @Nullable String nameMapping,
      RowDeletes.Keys of,
      RowPositions out) {
    if (isLoaded(of)) {
      match(split, filter, nameMapping, of.columns(), out);
      return;
    }
    loaded = null;
    keys = new BytesInterner();
    boolean whole = true;
    for (DeleteFile file : of.files()) {
      try (CloseableIterator<RowBatch> rows = DeleteRows.of(io, file, of.columns(), null)) {
        while (rows.hasNext()) {
          RowBatch batch = rows.next();
          RowKeys deleted = RowKeys.of(batch);
          for (int row = 0; row < batch.size(); row++) {
            int length = deleted.read(row);
            keys.intern(deleted.bytes(), 0, length);
          }
          if (keys.bytes() > keyBytes) {
            match(split, filter, nameMapping, of.columns(), out);
            keys = new BytesInterner();
            whole = false;
          }
        }
      } catch (IOException e) {
        throw DeleteRows.fault(file, e);
      }
    }
    match(split, filter, nameMapping, of.columns(), out);
    loaded = whole ? of : null;
  }

  private boolean isLoaded(RowDeletes.Keys of) {
    RowDeletes.Keys last = loaded;
    return last != null
        && last.columns().sameSchema(of.columns())
        && locations(last).equals(locations(of));
  }

  private static List<String> locations(RowDeletes.Keys of) {
    return of.files().stream().map(DeleteFile::location).toList();
  }

  /** Adds the split's rows whose keys are among those in memory. */
  private void match(
      FileSplit split,
      @Nullable Expression filter,
      @Nullable String nameMapping,
      Schema columns,
      RowPositions out) {
    if (keys.size() == 0) {
      return;
    }
    try (FileBatches rows = split.whole().open(io, columns, filter, nameMapping, this)) {
      while (rows.hasNext()) {
        RowBatch batch = rows.next();
        RowKeys own = RowKeys.of(batch);
        for (int row = 0; row < batch.size(); row++) {
          int length = own.read(row);
          if (keys.contains(own.bytes(), 0, length)) {
            out.add(rows.position() + row);
          }
        }
      }
    } catch (IOException e) {
      throw ParquetFile.fault(split.path(), ParquetFile.reason(e), e);
    }
  }
}
