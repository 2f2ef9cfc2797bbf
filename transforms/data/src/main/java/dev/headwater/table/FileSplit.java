package dev.headwater.table;

import dev.headwater.files.FileShape;
import dev.headwater.parquet.FileBatches;
import dev.headwater.parquet.FileRead;
import dev.headwater.parquet.ParquetFile;
import dev.headwater.parquet.RowSelection;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a data file: the row groups (Avro: blocks, ORC: stripes) that begin within {@code
 * start} to {@code start + length} (bytes), without the rows that are deleted. Rows of the file are
 * in exactly one of its pieces.
 *
 * @param fileLength the whole file's size in bytes
 * @param constants field id to value (as in a row of a batch; bytes as {@code byte[]}) for columns
 *     that the file may lack because the table is partitioned by them
 * @param deletes which of its rows are deleted
 * @param firstRow how many rows of the file lie before it, where the file itself does not say
 */
public record FileSplit(
    String path,
    long fileLength,
    long start,
    long length,
    Map<Integer, Serializable> constants,
    RowDeletes deletes,
    FileFormat format,
    long firstRow)
    implements Serializable {
  public FileSplit {
    if (start < 0 || length < 0 || fileLength < 0) {
      throw new IllegalArgumentException(
          "bytes " + start + " to " + start + " + " + length + " of " + fileLength + " in " + path);
    }
    // A HashMap travels by Java serialization whatever the values are.
    constants = new HashMap<>(constants);
  }

  public FileSplit(
      String path,
      long fileLength,
      long start,
      long length,
      Map<Integer, Serializable> constants,
      RowDeletes deletes,
      FileFormat format) {
    this(path, fileLength, start, length, constants, deletes, format, 0);
  }

  public static FileSplit of(String path, long fileLength, long start, long length) {
    return new FileSplit(
        path, fileLength, start, length, Map.of(), RowDeletes.NONE, FileFormat.PARQUET);
  }

  /** A piece of a file that is not a table's. */
  public static FileSplit of(String path, long fileLength, FileShape.Piece piece) {
    return new FileSplit(
        path,
        fileLength,
        piece.start(),
        piece.length(),
        Map.of(),
        RowDeletes.NONE,
        FileFormat.PARQUET,
        piece.firstRow());
  }

  /** Each row group of a file that is not a table's. */
  public static List<FileSplit> of(InputFile input, ParquetFile file) {
    return file.stretches().stream()
        .map(s -> of(input.location(), input.getLength(), s.start(), s.length()))
        .toList();
  }

  /** The rows that are not deleted. */
  FileBatches open(
      FileIO io,
      Schema projection,
      @Nullable Expression filter,
      @Nullable String nameMapping,
      DeletedRows deleted) {
    RowPositions gone = deleted.of(this, filter, nameMapping);
    return open(io, projection, filter, nameMapping, gone::others);
  }

  /** These rows, whether they are deleted or not. */
  public FileBatches open(
      FileIO io,
      Schema projection,
      @Nullable Expression filter,
      @Nullable String nameMapping,
      RowSelection rows) {
    return RowLineage.isWanted(projection)
        ? new LineageBatches(
            unnumbered().batches(io, projection, filter, nameMapping, RowSelection.ALL),
            constants,
            rows)
        : batches(io, projection, filter, nameMapping, rows);
  }

  private FileBatches batches(
      FileIO io,
      Schema projection,
      @Nullable Expression filter,
      @Nullable String nameMapping,
      RowSelection rows) {
    if (format != FileFormat.PARQUET) {
      return RecordBatches.open(io, this, projection, filter, nameMapping, rows);
    }
    return new FileRead(projection, filter, start, length, false, nameMapping, constants, rows)
        .open(io.newInputFile(path, fileLength));
  }

  /** This piece, its rows' ids left as they are in the file. */
  private FileSplit unnumbered() {
    Map<Integer, Serializable> own = new HashMap<>(constants);
    own.keySet().removeAll(RowLineage.IDS);
    return new FileSplit(path, fileLength, start, length, own, deletes, format);
  }

  /** All rows of this piece, the deleted ones too. */
  FileSplit whole() {
    return with(RowDeletes.NONE);
  }

  /** This piece with other deletes. */
  FileSplit with(RowDeletes other) {
    return new FileSplit(path, fileLength, start, length, constants, other, format, firstRow);
  }
}
