package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import dev.headwater.parquet.FileBatches;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/**
 * Splits that one worker reads one after the other: the element of a bounded stage, about a target
 * data file's size.
 */
public record SplitGroup(List<FileSplit> splits) implements Serializable {
  public SplitGroup {
    // An ArrayList travels by Java serialization as it is.
    splits = new ArrayList<>(splits);
  }

  /** The bytes of all splits. */
  public long bytes() {
    return splits.stream().mapToLong(FileSplit::length).sum();
  }

  /** As {@link #open(FileIO, Schema, Expression)}; files without field ids as the table says. */
  public CloseableIterator<RowBatch> open(
      Table table, Schema projection, @Nullable Expression filter) {
    String mapping = table.properties().get(TableProperties.DEFAULT_NAME_MAPPING);
    return open(table.io(), projection, filter, mapping);
  }

  /**
   * All batches of all splits, without the rows that are deleted.
   *
   * @param projection the columns to read, by field id
   * @param filter row groups without a matching row are skipped; the other rows come unfiltered
   */
  public CloseableIterator<RowBatch> open(
      FileIO io, Schema projection, @Nullable Expression filter) {
    return open(io, projection, filter, null);
  }

  /**
   * As {@link #open(FileIO, Schema, Expression)}, for files without field ids.
   *
   * @param nameMapping the table's property {@code schema.name-mapping.default}; null maps columns
   *     by the projection's names
   */
  public CloseableIterator<RowBatch> open(
      FileIO io, Schema projection, @Nullable Expression filter, @Nullable String nameMapping) {
    Iterator<FileSplit> left = splits.iterator();
    DeletedRows deleted = new DeletedRows(io);
    return new CloseableIterator<>() {
      private @Nullable FileBatches reader;

      @Override
      public boolean hasNext() {
        while (reader == null || !reader.hasNext()) {
          closeReader();
          if (!left.hasNext()) {
            return false;
          }
          reader = left.next().open(io, projection, filter, nameMapping, deleted);
        }
        return true;
      }

      @Override
      public RowBatch next() {
        if (!hasNext() || reader == null) {
          throw new java.util.NoSuchElementException();
        }
        return reader.next();
      }

      @Override
      public void close() {
        closeReader();
      }

      private void closeReader() {
        if (reader != null) {
          try {
            reader.close();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
          reader = null;
        }
      }
    };
  }
}
