package dev.headwater.table;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.Bits;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.parquet.FileBatches;
import dev.headwater.parquet.ParquetFile;
import dev.headwater.parquet.RowSelection;
import dev.headwater.rows.RecordRows;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Schema;
import org.apache.iceberg.avro.Avro;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.avro.PlannedDataReader;
import org.apache.iceberg.data.orc.GenericOrcReader;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.mapping.NameMapping;
import org.apache.iceberg.mapping.NameMappingParser;
import org.apache.iceberg.orc.ORC;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Data and delete files that are not Parquet: Avro and ORC, by Iceberg's own readers, row by row.
 * Columns are found by field id, or by the table's name mapping. ORC's stripes that the filter
 * rules out are skipped. Any fault of the file is a {@code HeadwaterException} of kind DATA that
 * names it.
 */
final class RecordBatches implements FileBatches {
  private final String path;
  private final FileFormat format;
  private final Schema projection;
  private final Map<Integer, Serializable> constants;
  private final RowSelection selection;
  private final CloseableIterator<Record> records;
  private @Nullable Record pending;
  private @Nullable RowBatch ready;
  private long readyAt;
  private long position;

  private RecordBatches(
      FileSplit split,
      Schema projection,
      RowSelection selection,
      CloseableIterator<Record> records) {
    this.path = split.path();
    this.format = split.format();
    this.projection = projection;
    this.constants = split.constants();
    this.selection = selection;
    this.records = records;
  }

  static RecordBatches open(
      FileIO io,
      FileSplit split,
      Schema projection,
      @Nullable Expression filter,
      @Nullable String nameMapping,
      RowSelection selection) {
    InputFile file = io.newInputFile(split.path(), split.fileLength());
    List<Types.NestedField> fields = new ArrayList<>(projection.columns());
    fields.add(MetadataColumns.ROW_POSITION);
    Schema read = new Schema(fields);
    NameMapping mapping = nameMapping == null ? null : NameMappingParser.fromJson(nameMapping);
    try {
      CloseableIterable<Record> records =
          switch (split.format()) {
            case AVRO -> {
              Avro.ReadBuilder avro =
                  Avro.read(file)
                      .project(read)
                      .split(split.start(), split.length())
                      .createResolvingReader(schema -> PlannedDataReader.<Record>create(schema));
              yield (mapping == null ? avro : avro.withNameMapping(mapping)).build();
            }
            case ORC -> {
              ORC.ReadBuilder orc =
                  ORC.read(file)
                      .project(read)
                      .split(split.start(), split.length())
                      .filter(filter)
                      .createReaderFunc(own -> GenericOrcReader.buildReader(read, own, Map.of()));
              yield (mapping == null ? orc : orc.withNameMapping(mapping)).build();
            }
            default ->
                throw new HeadwaterException(
                    Kind.REFUSED,
                    "Cannot read " + split.path() + ": it is " + split.format() + ".",
                    "rewrite the table's files as Parquet.");
          };
      return new RecordBatches(split, projection, selection, records.iterator());
    } catch (RuntimeException e) {
      throw fault(split.path(), split.format(), e);
    }
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public boolean hasNext() {
    while (ready == null) {
      try {
        if (pending == null && !records.hasNext()) {
          return false;
        }
        fill();
      } catch (RuntimeException e) {
        throw fault(path, format, e);
      }
    }
    return true;
  }

  @Override
  public RowBatch next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    RowBatch next = ready;
    ready = null;
    position = readyAt;
    return java.util.Objects.requireNonNull(next);
  }

  /** Rows that lie one after the other; a filter leaves out some between them. */
  private void fill() {
    RowBatchBuilder out = new RowBatchBuilder(projection);
    long first = -1;
    while (pending != null || records.hasNext()) {
      Record record = pending == null ? records.next() : pending;
      pending = null;
      long at = (Long) record.get(projection.columns().size());
      if (out.size() == 0) {
        first = at;
      } else if (at != first + out.size() || isFull(out)) {
        pending = record.copy();
        break;
      }
      out.append(values(record));
    }
    RowBatch batch = out.build();
    Bits kept = selection.of(first, batch.size());
    if (kept == null) {
      ready = batch;
      readyAt = first;
    } else if (kept.count() > 0) {
      ready = batch.filter(kept);
      readyAt = first + kept.positions()[0];
    }
  }

  private static boolean isFull(RowBatchBuilder out) {
    return out.size() >= RowBatch.MAX_ROWS
        || out.size() % 64 == 0 && out.bytes() >= RowBatch.MAX_BYTES;
  }

  private @Nullable Object[] values(Record record) {
    List<Types.NestedField> fields = projection.columns();
    @Nullable Object[] out = new @Nullable Object[fields.size()];
    for (int i = 0; i < out.length; i++) {
      Types.NestedField field = fields.get(i);
      Serializable constant = constants.get(field.fieldId());
      out[i] =
          constant == null
              ? RecordRows.fromIceberg(record.get(i), field.type())
              : constant(constant, field.type());
      if (out[i] == null && field.isRequired()) {
        throw new IllegalArgumentException(
            "column " + field.name() + " has nulls, but is required");
      }
    }
    return out;
  }

  /** A partition's value as its column has it now: the column may have been widened since. */
  private static Object constant(Serializable value, Type type) {
    if (value instanceof Integer i && type.typeId() == Type.TypeID.LONG) {
      return i.longValue();
    }
    if (value instanceof Float f && type.typeId() == Type.TypeID.DOUBLE) {
      return f.doubleValue();
    }
    return value instanceof byte[] bytes && type.typeId() != Type.TypeID.UUID
        ? ByteBuffer.wrap(bytes)
        : value;
  }

  private static HeadwaterException fault(String path, FileFormat format, RuntimeException e) {
    if (e instanceof HeadwaterException known) {
      return known;
    }
    if (e instanceof NotFoundException) {
      return new HeadwaterException(
          Kind.DATA,
          "Cannot read " + path + ": there is no such file.",
          "put it back from a copy of the warehouse, or read an older snapshot.",
          e);
    }
    return new HeadwaterException(
        Kind.DATA,
        "Cannot read "
            + path
            + ": as "
            + format
            + " it is damaged ("
            + ParquetFile.reason(e)
            + ").",
        "put it back from a copy of the warehouse, or read an older snapshot.",
        e);
  }

  @Override
  public void close() throws IOException {
    records.close();
  }
}
