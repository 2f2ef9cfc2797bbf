package dev.headwater.catalog.commit;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/** Data files that are real files, with an id on each line instead of Parquet. */
public final class FakeFiles {
  public static final Schema SCHEMA =
      new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));

  private FakeFiles() {}

  public static Table create(TableCatalog catalog, TableRef ref) {
    return catalog.create(
        ref, SCHEMA, PartitionSpec.unpartitioned(), SortOrder.unsorted(), Map.of());
  }

  public static DataFile write(Table table, long... ids) {
    return write(table, table.spec(), "", ids);
  }

  static DataFile write(Table table, PartitionSpec spec, String partition, long... ids) {
    String path = table.location() + "/data/" + UUID.randomUUID() + ".parquet";
    StringBuilder lines = new StringBuilder();
    LongStream.of(ids).forEach(id -> lines.append(id).append('\n'));
    byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = table.io().newOutputFile(path).create()) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    DataFiles.Builder file =
        DataFiles.builder(spec)
            .withPath(path)
            .withFormat(FileFormat.PARQUET)
            .withFileSizeInBytes(bytes.length)
            .withRecordCount(ids.length);
    return partition.isEmpty() ? file.build() : file.withPartitionPath(partition).build();
  }

  /** The ids of every live row, sorted; fails if a file is not there. */
  public static List<Long> ids(Table table) {
    List<Long> ids = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        try (InputStream in = table.io().newInputFile(task.file().location()).newStream()) {
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .forEach(line -> ids.add(Long.parseLong(line)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ids.sort(null);
    return ids;
  }
}
