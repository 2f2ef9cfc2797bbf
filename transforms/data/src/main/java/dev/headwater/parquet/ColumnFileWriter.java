package dev.headwater.parquet;

import dev.headwater.columns.RowBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FieldMetrics;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.iceberg.types.Type.TypeID;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/** A data file of flat columns, written column by column. */
final class ColumnFileWriter implements DataFileWriter {
  private final Table table;
  private final OutputFile output;
  private final @Nullable StructLike partition;
  private final FileSettings settings;
  private final Schema schema;
  private final ParquetFileWriter file;
  private final List<ChunkWriter> chunks = new ArrayList<>();
  private long written;
  private int rows;
  private boolean ended;

  ColumnFileWriter(
      Table table,
      FileSettings settings,
      BytesInputCompressor compressor,
      OutputFile output,
      @Nullable StructLike partition)
      throws IOException {
    this.table = table;
    this.output = output;
    this.partition = partition;
    this.settings = settings;
    this.schema = table.schema();
    MessageType type = ParquetSchemaUtil.convert(schema, "table");
    NumberChunk.Scratch scratch = new NumberChunk.Scratch();
    for (ColumnDescriptor column : type.getColumns()) {
      ChunkBloom bloom = ChunkBloom.of(table.properties(), String.join(".", column.getPath()));
      chunks.add(
          switch (column.getPrimitiveType().getPrimitiveTypeName()) {
            case BOOLEAN -> new BooleanChunk(column, settings.pages(), compressor);
            case INT32, INT64, FLOAT, DOUBLE ->
                new NumberChunk(column, settings.pages(), compressor, scratch).bloom(bloom);
            case BINARY, FIXED_LEN_BYTE_ARRAY, INT96 ->
                new BytesChunk(column, settings.pages(), compressor).bloom(bloom);
          });
    }
    this.file =
        new ParquetFileWriter(
            new ParquetOutput(output),
            type,
            ParquetFileWriter.Mode.CREATE,
            settings.rowGroupBytes(),
            0,
            null,
            ParquetProperties.builder().build());
    file.start();
  }

  @Override
  public void write(RowBatch batch) throws IOException {
    int at = 0;
    while (at < batch.size()) {
      int n = Math.min(batch.size() - at, FileSettings.ROW_GROUP_ROWS - rows);
      for (int i = 0; i < chunks.size(); i++) {
        chunks.get(i).append(batch.column(i), at, at + n);
      }
      rows += n;
      at += n;
      if (rows == FileSettings.ROW_GROUP_ROWS || buffered() >= settings.rowGroupBytes()) {
        flush();
      }
    }
  }

  /** About how many bytes the row group will have. */
  private long buffered() {
    long bytes = 0;
    for (ChunkWriter chunk : chunks) {
      bytes += chunk.bytes();
    }
    return bytes;
  }

  @Override
  public long memory() {
    long bytes = 0;
    for (ChunkWriter chunk : chunks) {
      bytes += chunk.memory();
    }
    return bytes;
  }

  @Override
  public long bytes() {
    return written + buffered();
  }

  @Override
  public void flush() throws IOException {
    if (rows == 0) {
      return;
    }
    file.startBlock(rows);
    for (ChunkWriter chunk : chunks) {
      chunk.finish(file);
    }
    file.endBlock();
    written = file.getPos();
    rows = 0;
  }

  @Override
  public DataFile finish() throws IOException {
    flush();
    file.end(Map.of("iceberg.schema", SchemaParser.toJson(schema)));
    file.close();
    ended = true;
    ParquetMetadata footer = file.getFooter();
    Metrics metrics =
        ParquetUtil.footerMetrics(footer, floatMetrics().stream(), MetricsConfig.forTable(table));
    DataFiles.Builder builder =
        DataFiles.builder(table.spec())
            .withPath(output.location())
            .withFormat(FileFormat.PARQUET)
            .withFileSizeInBytes(file.getPos())
            .withMetrics(metrics)
            .withSplitOffsets(ParquetUtil.getSplitOffsets(footer));
    if (partition != null) {
      builder.withPartition(partition);
    }
    return builder.build();
  }

  /** Counts of NaN and bounds without them, which the footer cannot say. */
  private List<FieldMetrics<?>> floatMetrics() {
    List<FieldMetrics<?>> out = new ArrayList<>();
    for (int i = 0; i < chunks.size(); i++) {
      Types.NestedField field = schema.columns().get(i);
      if (chunks.get(i) instanceof NumberChunk chunk) {
        if (field.type().typeId() == TypeID.DOUBLE) {
          out.add(metrics(field, chunk.floats(), v -> v));
        } else if (field.type().typeId() == TypeID.FLOAT) {
          out.add(metrics(field, chunk.floats(), v -> (float) v));
        }
      }
    }
    return out;
  }

  private static <T> FieldMetrics<T> metrics(
      Types.NestedField field,
      NumberChunk.Floats seen,
      java.util.function.DoubleFunction<T> number) {
    int id = field.fieldId();
    return seen.least <= seen.greatest
        ? new FieldMetrics<>(
            id,
            seen.values,
            seen.nulls,
            seen.nans,
            number.apply(seen.least),
            number.apply(seen.greatest))
        : new FieldMetrics<>(id, seen.values, seen.nulls, seen.nans);
  }

  @Override
  public void abandon() {
    if (!ended) {
      ended = true;
      try {
        file.close();
      } catch (IOException | RuntimeException e) {
        // The file is an orphan either way, and what made us leave it is the fault to tell.
        return;
      }
    }
  }
}
