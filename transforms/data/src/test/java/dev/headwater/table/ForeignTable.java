package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import dev.headwater.rows.RecordRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.BaseDeleteLoader;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.deletes.BaseDVFileWriter;
import org.apache.iceberg.deletes.EqualityDeleteWriter;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.deletes.PositionDeleteWriter;
import org.apache.iceberg.encryption.EncryptedOutputFile;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.DeleteWriteResult;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** A table that Iceberg's own writers write, and what Iceberg's own reader reads of it. */
public final class ForeignTable {
  private final Table table;
  private int files;

  public ForeignTable(Table table) {
    this.table = table;
  }

  public Table table() {
    return table;
  }

  /** Appends rows of the table's current schema as one file. */
  public DataFile append(List<@Nullable Object[]> rows, @Nullable StructLike partition)
      throws IOException {
    return append(rows, partition, FileFormat.PARQUET);
  }

  /** Appends a file of this format. */
  public DataFile append(
      List<@Nullable Object[]> rows, @Nullable StructLike partition, FileFormat format)
      throws IOException {
    DataFile file = write(rows, partition, format);
    table.newAppend().appendFile(file).commit();
    return file;
  }

  /** A file that is not committed. */
  DataFile write(List<@Nullable Object[]> rows, @Nullable StructLike partition) throws IOException {
    return write(rows, partition, FileFormat.PARQUET);
  }

  private DataFile write(
      List<@Nullable Object[]> rows, @Nullable StructLike partition, FileFormat format)
      throws IOException {
    DataWriter<Record> writer =
        writers(format, format, null).newDataWriter(output(format), table.spec(), partition);
    try (writer) {
      writer.write(RecordRows.of(RandomRows.batch(table.schema(), rows)));
    }
    return writer.toDataFile();
  }

  /** Deletes rows by their positions in these files, by one file of position deletes. */
  public void deletePositions(
      List<DataFile> from, long[][] positions, FileFormat format, @Nullable StructLike partition)
      throws IOException {
    PositionDeleteWriter<Record> writer =
        writers(format, null).newPositionDeleteWriter(output(format), table.spec(), partition);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < from.size(); i++) {
      order.add(i);
    }
    order.sort((a, b) -> from.get(a).location().compareTo(from.get(b).location()));
    try (writer) {
      for (int file : order) {
        Arrays.sort(positions[file]);
        for (long position : positions[file]) {
          writer.write(PositionDelete.<Record>create().set(from.get(file).location(), position));
        }
      }
    }
    table.newRowDelta().addDeletes(writer.toDeleteFile()).commit();
  }

  /** Deletes the rows whose columns equal one of these rows'. */
  public void deleteEqual(RowBatch keys, FileFormat format, @Nullable StructLike partition)
      throws IOException {
    EqualityDeleteWriter<Record> writer =
        writers(format, keys.schema())
            .newEqualityDeleteWriter(output(format), table.spec(), partition);
    try (writer) {
      writer.write(RecordRows.of(keys));
    }
    table.newRowDelta().addDeletes(writer.toDeleteFile()).commit();
  }

  /** Deletes rows of a v3 table by deletion vectors, which take over what was deleted before. */
  public void deleteByVectors(List<DataFile> from, long[][] positions) throws IOException {
    BaseDeleteLoader loader = new BaseDeleteLoader(file -> table.io().newInputFile(file));
    BaseDVFileWriter writer =
        new BaseDVFileWriter(
            OutputFileFactory.builderFor(table, 1, ++files).format(FileFormat.PUFFIN).build(),
            path -> deletedBefore(loader, path));
    try (writer) {
      for (int i = 0; i < from.size(); i++) {
        for (long position : positions[i]) {
          writer.delete(
              from.get(i).location(),
              position,
              table.specs().get(from.get(i).specId()),
              from.get(i).partition());
        }
      }
    }
    DeleteWriteResult result = writer.result();
    RowDelta delta = table.newRowDelta().validateFromSnapshot(table.currentSnapshot().snapshotId());
    result.deleteFiles().forEach(delta::addDeletes);
    result.rewrittenDeleteFiles().forEach(delta::removeDeletes);
    delta.commit();
  }

  private @Nullable PositionDeleteIndex deletedBefore(BaseDeleteLoader loader, String path) {
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        List<DeleteFile> of =
            task.deletes().stream().filter(d -> d.equalityFieldIds() == null).toList();
        if (task.file().location().equals(path) && !of.isEmpty()) {
          return loader.loadPositionDeletes(of, path);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return null;
  }

  private GenericFileWriterFactory writers(FileFormat deletes, @Nullable Schema keys) {
    return writers(FileFormat.PARQUET, deletes, keys);
  }

  private GenericFileWriterFactory writers(
      FileFormat data, FileFormat deletes, @Nullable Schema keys) {
    GenericFileWriterFactory.Builder builder =
        new GenericFileWriterFactory.Builder(table).dataFileFormat(data).deleteFileFormat(deletes);
    if (keys != null) {
      Set<Integer> ids = new TreeSet<>(TypeUtil.getProjectedIds(keys));
      ids.removeIf(id -> keys.findField(id).type().isNestedType());
      builder
          .equalityFieldIds(ids.stream().mapToInt(Integer::intValue).toArray())
          .equalityDeleteRowSchema(keys);
    }
    return builder.build();
  }

  private EncryptedOutputFile output(FileFormat format) {
    return OutputFileFactory.builderFor(table, 1, ++files).format(format).build().newOutputFile();
  }

  /**
   * These columns of every row of the table's current snapshot as sorted texts, read by Iceberg,
   * which is asked for all columns.
   */
  public static List<String> byIceberg(Table table, Schema wanted) throws IOException {
    return byIceberg(wanted, IcebergGenerics.read(table));
  }

  /** The same of a snapshot, whose schema has the columns. */
  public static List<String> byIceberg(Table table, Schema wanted, long snapshot)
      throws IOException {
    return byIceberg(wanted, IcebergGenerics.read(table).useSnapshot(snapshot));
  }

  private static List<String> byIceberg(Schema wanted, IcebergGenerics.ScanBuilder scan)
      throws IOException {
    List<String> out = new ArrayList<>();
    try (CloseableIterable<Record> records = scan.build()) {
      for (Record record : records) {
        List<@Nullable Object> row = new ArrayList<>();
        for (Types.NestedField field : wanted.columns()) {
          row.add(RecordRows.fromIceberg(record.getField(field.name()), field.type()));
        }
        out.add(text(row));
      }
    }
    out.sort(null);
    return out;
  }

  /** The same, read by us. */
  public static List<String> byUs(Table table, Schema projection) throws IOException {
    List<String> out = new ArrayList<>();
    for (SplitGroup group :
        Splits.of(table, TablesOnDisk.snapshot(table), Expressions.alwaysTrue(), 1 << 26, 3)) {
      try (CloseableIterator<RowBatch> batches = group.open(table, projection, null)) {
        batches.forEachRemaining(batch -> out.addAll(rows(batch)));
      }
    }
    out.sort(null);
    return out;
  }

  public static List<String> rows(RowBatch batch) {
    List<String> out = new ArrayList<>();
    List<Types.NestedField> fields = batch.schema().columns();
    List<Values> columns = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      Type type = fields.get(i).type();
      columns.add(Values.of(batch.column(i), type));
    }
    for (int row = 0; row < batch.size(); row++) {
      List<@Nullable Object> values = new ArrayList<>();
      for (Values column : columns) {
        values.add(column.at(row));
      }
      out.add(text(values));
    }
    return out;
  }

  private static String text(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(ForeignTable::text).toList().toString();
    }
    if (value instanceof Object[] struct) {
      return "(" + text(Arrays.asList(struct)) + ")";
    }
    if (value instanceof java.util.Map<?, ?> map) {
      StringBuilder out = new StringBuilder("{");
      map.forEach((k, v) -> out.append(text(k)).append('=').append(text(v)).append(' '));
      return out.append('}').toString();
    }
    if (value instanceof ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.duplicate().get(copy);
      return HexFormat.of().formatHex(copy);
    }
    if (value instanceof Double d) {
      return Long.toHexString(Double.doubleToLongBits(d));
    }
    return String.valueOf(value);
  }
}
