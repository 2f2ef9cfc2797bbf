package dev.headwater.avro;

import dev.headwater.columns.ColumnBuilder;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.StructColumn;
import java.util.IdentityHashMap;
import org.apache.avro.Schema;

/**
 * Records in Avro's binary encoding as rows of a table, each by the schema of its writer: columns
 * are found by name, one that a record lacks is null, a value goes into a wider column, or into a
 * narrower one that it fits exactly. One thread.
 */
public final class AvroRows {
  private final org.apache.iceberg.Schema table;
  private final boolean ignoreOthers;
  private final boolean ignoreNested;
  private final IdentityHashMap<Schema, AvroReader> readers = new IdentityHashMap<>();
  private final AvroInput in = new AvroInput();
  private ColumnBuilder rows;

  /**
   * Rows of these columns.
   *
   * @param ignoreOthers whether fields that are no columns are left out, or make a record bad where
   *     they are not null
   */
  public AvroRows(org.apache.iceberg.Schema table, boolean ignoreOthers) {
    this(table, ignoreOthers, ignoreOthers);
  }

  /**
   * Rows of these columns.
   *
   * @param ignoreNested the same of fields within columns
   */
  public AvroRows(org.apache.iceberg.Schema table, boolean ignoreOthers, boolean ignoreNested) {
    this.table = table;
    this.ignoreOthers = ignoreOthers;
    this.ignoreNested = ignoreNested;
    this.rows = ColumnBuilder.of(table.asStruct());
  }

  /**
   * Takes a record.
   *
   * @param writer the schema that it was written with; the same object for the same schema
   * @throws BadValue if the bytes are no record of it that fits the table; nothing is added
   */
  public void add(Schema writer, byte[] data, int from, int to) {
    in.reset(data, from, to);
    int row = rows.size();
    try {
      reader(writer).read(in, rows);
      if (in.left() > 0) {
        throw new BadValue("syntax", "the record is followed by " + in.left() + " bytes more");
      }
    } catch (BadValue e) {
      rows.cut(row);
      throw e;
    }
  }

  private AvroReader reader(Schema writer) {
    return readers.computeIfAbsent(
        writer, w -> AvroReader.ofRows(w, table.asStruct(), ignoreOthers, ignoreNested));
  }

  /** Takes the next record of an input, without looking at what follows it. */
  void add(AvroReader reader, AvroInput from) {
    reader.read(from, rows);
  }

  /** Forgets rows from this one on. */
  public void cut(int from) {
    rows.cut(from);
  }

  /** Whether a row that is not in a batch yet has a null in a column. */
  public boolean isNull(int row, int column) {
    return rows.part(column).isNull(row);
  }

  /** How many rows there are since the last batch. */
  public int size() {
    return rows.size();
  }

  /** Whether a batch should be made of them. */
  public boolean isFull() {
    return rows.size() >= RowBatch.MAX_ROWS
        || rows.size() % 64 == 0 && rows.bytes() >= RowBatch.MAX_BYTES;
  }

  /** The rows since the last batch. */
  public RowBatch build() {
    int size = rows.size();
    StructColumn built = (StructColumn) rows.build();
    rows = ColumnBuilder.of(table.asStruct());
    return RowBatch.of(table, size, built.fields());
  }
}
