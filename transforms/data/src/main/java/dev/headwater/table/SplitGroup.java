package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import dev.headwater.parquet.FileBatches;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
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
  public Batches open(Table table, Schema projection, @Nullable Expression filter) {
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
  public Batches open(
      FileIO io, Schema projection, @Nullable Expression filter, @Nullable String nameMapping) {
    Iterator<FileSplit> left = splits.iterator();
    DeletedRows deleted = new DeletedRows(io);
    return new Batches(left, split -> split.open(io, projection, filter, nameMapping, deleted));
  }

  /** One split after the other. */
  public static final class Batches implements CloseableIterator<RowBatch> {
    private final Iterator<FileSplit> left;
    private final Function<FileSplit, FileBatches> opens;
    private @Nullable FileBatches reader;
    private String file = "";

    private Batches(Iterator<FileSplit> left, Function<FileSplit, FileBatches> opens) {
      this.left = left;
      this.opens = opens;
    }

    /** The file that the last batch is of. */
    public String file() {
      return file;
    }

    @Override
    public boolean hasNext() {
      while (reader == null || !reader.hasNext()) {
        try {
          close();
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
        if (!left.hasNext()) {
          return false;
        }
        FileSplit next = left.next();
        file = next.path();
        reader = opens.apply(next);
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
    public void close() throws IOException {
      if (reader != null) {
        reader.close();
        reader = null;
      }
    }
  }
}
