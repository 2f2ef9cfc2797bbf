package dev.headwater.parquet;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.rows.RecordRows;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.mapping.MappingUtil;
import org.apache.iceberg.mapping.NameMapping;
import org.apache.iceberg.mapping.NameMappingParser;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.types.Types;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/** Rows with lists, maps or structs, a row group after the other, read one by one. */
final class NestedRows implements AutoCloseable {
  private final InputFile file;
  private final Schema projection;

  /** The projection with the ids that the file has. */
  private final Schema read;

  private final NameMapping mapping;
  private final Map<Integer, Serializable> constants;
  private @Nullable CloseableIterator<Record> rows;

  NestedRows(
      InputFile file,
      Schema projection,
      @Nullable MessageType own,
      @Nullable String nameMapping,
      Map<Integer, Serializable> constants) {
    this.file = file;
    this.projection = projection;
    this.read = own == null ? projection : ownColumns(projection, own);
    this.mapping =
        nameMapping == null ? MappingUtil.create(read) : NameMappingParser.fromJson(nameMapping);
    this.constants = constants;
  }

  private static Schema ownColumns(Schema projection, MessageType file) {
    Schema own = ParquetSchemaUtil.convert(file);
    List<Types.NestedField> out = new ArrayList<>();
    for (Types.NestedField field : projection.columns()) {
      Types.NestedField same = own.asStruct().field(field.name());
      out.add(same == null ? field : same);
    }
    return new Schema(out);
  }

  void begin(BlockMetaData group) throws IOException {
    close();
    long size = group.getColumns().stream().mapToLong(ColumnChunkMetaData::getTotalSize).sum();
    CloseableIterable<Record> records =
        Parquet.read(file)
            .project(read)
            .split(group.getStartingPos(), size)
            .withNameMapping(mapping)
            .createReaderFunc(schema -> GenericParquetReaders.buildReader(read, schema, constants))
            .build();
    rows = records.iterator();
  }

  RowBatch read(int n) {
    CloseableIterator<Record> from = rows;
    RowBatchBuilder out = new RowBatchBuilder(projection);
    List<Types.NestedField> fields = read.columns();
    for (int row = 0; row < n; row++) {
      if (from == null || !from.hasNext()) {
        throw new IllegalArgumentException("it ends after " + row + " of " + n + " rows");
      }
      Record record = from.next();
      Object[] values = new Object[fields.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = RecordRows.fromIceberg(record.get(i), fields.get(i).type());
      }
      out.append(values);
    }
    return out.build();
  }

  @Override
  public void close() throws IOException {
    if (rows != null) {
      rows.close();
      rows = null;
    }
  }
}
