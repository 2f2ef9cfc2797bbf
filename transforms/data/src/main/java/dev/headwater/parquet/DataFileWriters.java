package dev.headwater.parquet;

import java.io.IOException;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/** Begins a table's data files: flat columns column by column, nested ones row by row. */
public final class DataFileWriters implements AutoCloseable {
  /** A file less than this for each column isn't worth being open. */
  private static final long BYTES_OF_CHUNK = 64 << 10;

  private static final long BYTES_OF_NESTED_FILE = 16L << 20;

  private final Table table;
  private final FileSettings settings;
  private final PageCodecs codecs;
  private final boolean nested;

  public DataFileWriters(Table table) {
    this.table = table;
    this.settings = FileSettings.of(table.properties());
    this.codecs = new PageCodecs(settings.level());
    this.nested = table.schema().columns().stream().anyMatch(f -> isNested(f.type()));
  }

  /** Whether it is not one column of a file: more of them, or, where nothing is known, none. */
  private static boolean isNested(Type type) {
    return !type.isPrimitiveType() || type.typeId() == Type.TypeID.UNKNOWN;
  }

  /** Bytes of memory without which a file isn't worth being open. */
  public long leastBytes() {
    return nested
        ? BYTES_OF_NESTED_FILE
        : BYTES_OF_CHUNK * Math.max(1, table.schema().columns().size());
  }

  /**
   * A new file.
   *
   * @param partition where its rows belong; null in a table without partitions
   * @param memory bytes that all open files may take together
   */
  public DataFileWriter begin(OutputFile output, @Nullable StructLike partition, long memory)
      throws IOException {
    if (nested) {
      long each = partition == null ? memory : Math.min(memory, BYTES_OF_NESTED_FILE);
      return new RowFileWriter(
          table, output, partition, (int) Math.min(settings.rowGroupBytes(), each));
    }
    FileSettings fitted = settings.within(memory, table.schema().columns().size());
    return new ColumnFileWriter(
        table, fitted, codecs.getCompressor(settings.codec()), output, partition);
  }

  /** Gives the codecs' memory back; no file is written any more. */
  @Override
  public void close() {
    codecs.release();
  }
}
