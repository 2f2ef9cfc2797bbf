package dev.headwater.table;

import dev.headwater.columns.Column;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Schema;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.ContentFileUtil;

/**
 * Positions of deleted rows: out of files of position deletes, which often name several data files,
 * and out of deletion vectors. What a file says of other data files is kept for them, {@value
 * #KEPT} positions of 8 bytes at most. One thread.
 */
public final class PositionDeletes {
  private static final long KEPT = 4L << 20;
  private static final Schema COLUMNS =
      new Schema(MetadataColumns.DELETE_FILE_PATH, MetadataColumns.DELETE_FILE_POS);

  private final FileIO io;
  private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long size;

  /** All that one file says, by data file. */
  private record Kept(Map<String, Positions> of, long size) {}

  private static final class Positions {
    private long[] values = new long[16];
    private int size;

    void add(long position) {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size++] = position;
    }
  }

  public PositionDeletes(FileIO io) {
    this.io = io;
  }

  /** Adds what a delete file says of a data file. */
  public void read(DeleteFile file, String path, LongConsumer out) {
    if (file.format() == FileFormat.PUFFIN) {
      vector(file, path).forEach(out);
      return;
    }
    if (ContentFileUtil.isFileScoped(file) || file.recordCount() > KEPT) {
      scan(
          file,
          path,
          (at, position) -> {
            if (at.equals(path)) {
              out.accept(position);
            }
          });
      return;
    }
    Kept all = kept.get(file.location());
    if (all == null) {
      Map<String, Positions> of = new HashMap<>();
      scan(
          file, null, (at, position) -> of.computeIfAbsent(at, p -> new Positions()).add(position));
      all = keep(file, new Kept(of, file.recordCount()));
    }
    Positions here = all.of().get(path);
    for (int i = 0; here != null && i < here.size; i++) {
      out.accept(here.values[i]);
    }
  }

  private Kept keep(DeleteFile file, Kept all) {
    kept.put(file.location(), all);
    size += all.size();
    Iterator<Kept> oldest = kept.values().iterator();
    while (size > KEPT) {
      size -= oldest.next().size();
      oldest.remove();
    }
    return all;
  }

  private interface Each {
    void accept(String path, long position);
  }

  private void scan(DeleteFile file, @org.jspecify.annotations.Nullable String path, Each each) {
    var filter =
        path == null ? null : Expressions.equal(MetadataColumns.DELETE_FILE_PATH.name(), path);
    try (CloseableIterator<RowBatch> rows = DeleteRows.of(io, file, COLUMNS, filter)) {
      while (rows.hasNext()) {
        RowBatch batch = rows.next();
        Column paths = batch.column(0);
        Values text = Values.of(paths, Types.StringType.get());
        long[] positions = ((LongColumn) batch.column(1)).values();
        for (int row = 0; row < positions.length; row++) {
          each.accept(String.valueOf(text.at(row)), positions[row]);
        }
      }
    } catch (IOException e) {
      throw DeleteRows.fault(file, e);
    }
  }

  private PositionDeleteIndex vector(DeleteFile file, String path) {
    Long offset = file.contentOffset();
    Long length = file.contentSizeInBytes();
    if (offset == null || length == null || !path.equals(file.referencedDataFile())) {
      throw DeleteRows.fault(
          file, new IllegalArgumentException("it has no deletion vector of " + path));
    }
    byte[] bytes = new byte[Math.toIntExact(length)];
    try (SeekableInputStream in = io.newInputFile(file).newStream()) {
      in.seek(offset);
      if (in.readNBytes(bytes, 0, bytes.length) < bytes.length) {
        throw new IOException("it ends early");
      }
      return PositionDeleteIndex.deserialize(bytes, file);
    } catch (IOException | RuntimeException e) {
      throw DeleteRows.fault(file, e);
    }
  }
}
