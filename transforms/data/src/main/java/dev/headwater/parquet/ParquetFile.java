package dev.headwater.parquet;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.mapping.MappingUtil;
import org.apache.iceberg.mapping.NameMapping;
import org.apache.iceberg.mapping.NameMappingParser;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.types.Types;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * An open Parquet file whose footer is read and makes sense. Its faults are exceptions of kind DATA
 * that name the file.
 */
public final class ParquetFile implements AutoCloseable {
  private final InputFile file;
  private final ParquetFileReader reader;
  private final PageCodecs codecs;

  private ParquetFile(InputFile file, ParquetFileReader reader, PageCodecs codecs) {
    this.file = file;
    this.reader = reader;
    this.codecs = codecs;
  }

  /**
   * Opens a file and reads its footer.
   *
   * @throws HeadwaterException DATA if it is missing, not Parquet, or damaged
   */
  public static ParquetFile open(InputFile file) {
    PageCodecs codecs = new PageCodecs();
    ParquetFileReader reader = null;
    try {
      ParquetReadOptions options =
          ParquetReadOptions.builder(new PlainParquetConfiguration())
              .withCodecFactory(codecs)
              .withUseHadoopVectoredIo(false)
              .usePageChecksumVerification(true)
              .build();
      reader = ParquetFileReader.open(new ParquetInput(file), options);
      check(file, reader);
      return new ParquetFile(file, reader, codecs);
    } catch (NotFoundException e) {
      throw new HeadwaterException(
          Kind.DATA,
          "Cannot read " + file.location() + ": there is no such file.",
          "check the path; if the file was moved, name its new place.",
          e);
    } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
      // A damaged footer may ask for any amount of memory, or nest without end.
      close(reader);
      throw fault(file.location(), "its Parquet footer cannot be read (" + reason(e) + ")", e);
    }
  }

  private static void check(InputFile file, ParquetFileReader reader) {
    long length = file.getLength();
    long rows = 0;
    for (BlockMetaData block : reader.getRowGroups()) {
      if (block.getRowCount() < 0) {
        throw new IllegalArgumentException("a row group of " + block.getRowCount() + " rows");
      }
      rows += block.getRowCount();
      for (ColumnChunkMetaData chunk : block.getColumns()) {
        long start = chunk.getStartingPos();
        if (start < 4 || chunk.getTotalSize() < 0 || start > length - chunk.getTotalSize()) {
          throw new IllegalArgumentException(
              "column "
                  + chunk.getPath().toDotString()
                  + " would lie at bytes "
                  + start
                  + " to "
                  + (start + chunk.getTotalSize())
                  + " of "
                  + length);
        }
      }
    }
    if (rows != reader.getRecordCount()) {
      throw new IllegalArgumentException("its row groups disagree with its number of rows");
    }
  }

  /** The file's own schema. */
  public MessageType schema() {
    return reader.getFileMetaData().getSchema();
  }

  /** How many rows the file has. */
  public long rows() {
    return reader.getRecordCount();
  }

  /** The top-level columns that hold no null, as far as the footer says so. */
  public Set<String> full() {
    Set<String> full = new HashSet<>();
    for (Type field : schema().getFields()) {
      if (field.isRepetition(Type.Repetition.REQUIRED)
          || (field.isPrimitive()
              && rowGroups().stream().allMatch(g -> full(g, field.getName())))) {
        full.add(field.getName());
      }
    }
    return full;
  }

  private static boolean full(BlockMetaData group, String column) {
    return group.getColumns().stream()
        .filter(chunk -> chunk.getPath().equals(ColumnPath.get(column)))
        .map(ColumnChunkMetaData::getStatistics)
        .allMatch(s -> s != null && s.isNumNullsSet() && s.getNumNulls() == 0);
  }

  /** The row groups, in the file's order. */
  List<BlockMetaData> rowGroups() {
    return reader.getRowGroups();
  }

  /** Where a row group begins, and how many bytes it has. */
  public record Stretch(long start, long length) {}

  /** Where the row groups lie, in the file's order. */
  public List<Stretch> stretches() {
    return rowGroups().stream()
        .map(group -> new Stretch(group.getStartingPos(), size(group)))
        .toList();
  }

  private static long size(BlockMetaData group) {
    return Math.max(
        1, group.getColumns().stream().mapToLong(ColumnChunkMetaData::getTotalSize).sum());
  }

  ParquetFileReader reader() {
    return reader;
  }

  /** The file's schema with field ids: its own, or those of the columns with its names. */
  MessageType schemaWithIds(Schema wanted, @Nullable String nameMapping) {
    MessageType own = schema();
    if (ParquetSchemaUtil.hasIds(own)) {
      return own;
    }
    NameMapping mapping =
        nameMapping == null ? MappingUtil.create(wanted) : NameMappingParser.fromJson(nameMapping);
    return ParquetSchemaUtil.applyNameMapping(own, mapping);
  }

  /** The file's schema with the ids of the wanted columns of the same names, and no others. */
  MessageType schemaByName(Schema wanted) {
    List<Type> out = new ArrayList<>();
    int unknown = 1 << 30;
    for (Type field : schema().getFields()) {
      Types.NestedField same = wanted.asStruct().field(field.getName());
      out.add(field.withId(same == null ? unknown++ : same.fieldId()));
    }
    return new MessageType(schema().getName(), out);
  }

  /** A fault of this file's content. */
  HeadwaterException fault(String what, @Nullable Throwable cause) {
    return fault(file.location(), what, cause);
  }

  /** A fault of the content of the file at this path. */
  public static HeadwaterException fault(String path, String what, @Nullable Throwable cause) {
    return new HeadwaterException(
        Kind.DATA,
        "Cannot read " + path + ": " + what + ".",
        "replace the file by a whole Parquet file, or leave it out.",
        cause);
  }

  /** The first line of what an exception says, without a full stop. */
  public static String reason(Throwable e) {
    String message = e.getMessage();
    String first =
        message == null ? e.getClass().getSimpleName() : message.lines().findFirst().orElse("");
    return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
  }

  private static void close(@Nullable ParquetFileReader reader) {
    if (reader != null) {
      try {
        reader.close();
      } catch (IOException e) {
        // The fault that made us close it is the one to tell.
        return;
      }
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
    codecs.release();
  }
}
