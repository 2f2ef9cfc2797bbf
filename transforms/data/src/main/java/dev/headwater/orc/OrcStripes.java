package dev.headwater.orc;

import dev.headwater.columns.Column;
import dev.headwater.columns.ColumnBuilder;
import dev.headwater.columns.RowBatch;
import dev.headwater.files.Decoded;
import dev.headwater.files.RowSource;
import dev.headwater.files.SourceFault;
import java.io.IOException;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.orc.Reader;
import org.apache.orc.RecordReader;
import org.apache.orc.StripeInformation;
import org.apache.orc.TypeDescription;
import org.apache.orc.storage.ql.exec.vector.VectorizedRowBatch;
import org.jspecify.annotations.Nullable;

/** The rows of some stripes of an ORC file. */
final class OrcStripes implements RowSource {
  private final String path;
  private final Reader file;
  private final Schema columns;
  private final List<StripeInformation> stripes;
  private final RecordReader rows;
  private final VectorizedRowBatch vectors;
  private final int[] places;
  private final OrcReader[] readers;

  /** How many rows the stripes have that were not read yet. */
  private long left;

  private @Nullable Decoded ready;

  OrcStripes(String path, Reader file, Schema columns, long start, long length) throws IOException {
    this.path = path;
    this.file = file;
    this.columns = columns;
    this.stripes =
        file.getStripes().stream()
            .filter(s -> s.getOffset() >= start && s.getOffset() < start + length)
            .toList();
    this.left = stripes.stream().mapToLong(StripeInformation::getNumberOfRows).sum();
    TypeDescription own = file.getSchema();
    boolean[] included = new boolean[own.getMaximumId() + 1];
    included[0] = true;
    List<Types.NestedField> fields = columns.columns();
    this.places = new int[fields.size()];
    this.readers = new OrcReader[places.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = own.getFieldNames().indexOf(fields.get(i).name());
      if (places[i] < 0) {
        readers[i] = (v, row, to) -> to.appendNull();
        continue;
      }
      TypeDescription column = own.getChildren().get(places[i]);
      readers[i] = OrcReader.of(column, fields.get(i).type());
      for (int id = column.getId(); id <= column.getMaximumId(); id++) {
        included[id] = true;
      }
    }
    long bytes = stripes.stream().mapToLong(StripeInformation::getLength).sum();
    long perRow = 1 + 3 * bytes / Math.max(1, left);
    int size = (int) Math.max(1, Math.min(RowBatch.MAX_ROWS, RowBatch.MAX_BYTES / perRow));
    this.vectors = OrcGuard.around(own.createRowBatch(size), own, file.getStatistics());
    this.rows = file.rows(file.options().range(start, length).include(included));
  }

  @Override
  public boolean hasNext() {
    if (ready != null || left == 0) {
      return ready != null;
    }
    long at = 0;
    try {
      at = rows.getRowNumber();
      if (!rows.nextBatch(vectors) || vectors.size > left) {
        throw new IOException(left + " rows are missing");
      }
      ready = Decoded.of(batch(vectors), at);
      left -= vectors.size;
      return true;
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw SourceFault.of(
          path,
          "the stripe at byte "
              + stripe(at)
              + " is damaged ("
              + why.lines().findFirst().orElse("")
              + ")",
          e instanceof Exception fault ? fault : new IOException(e));
    }
  }

  /** Where the stripe of a row begins. */
  private long stripe(long row) {
    long before = 0;
    for (StripeInformation stripe : file.getStripes()) {
      before += stripe.getNumberOfRows();
      if (row < before) {
        return stripe.getOffset();
      }
    }
    return 0;
  }

  private RowBatch batch(VectorizedRowBatch from) {
    Column[] out = new Column[places.length];
    for (int i = 0; i < out.length; i++) {
      ColumnBuilder to = ColumnBuilder.of(columns.columns().get(i).type());
      for (int row = 0; row < from.size; row++) {
        if (places[i] < 0) {
          to.appendNull();
        } else {
          readers[i].read(from.cols[places[i]], row, to);
        }
      }
      out[i] = to.build();
    }
    return RowBatch.of(columns, from.size, out);
  }

  @Override
  public Decoded next() {
    if (!hasNext() || ready == null) {
      throw new NoSuchElementException();
    }
    Decoded next = ready;
    ready = null;
    return next;
  }

  @Override
  public void close() throws IOException {
    rows.close();
    file.close();
  }
}
