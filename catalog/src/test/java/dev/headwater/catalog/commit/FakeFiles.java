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
import java.util.Objects;
import java.util.UUID;
import java.util.stream.LongStream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.expressions.Expressions;
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

  /** A table with a partition for every ten ids. */
  public static Table createPartitioned(TableCatalog catalog, TableRef ref) {
    PartitionSpec spec = PartitionSpec.builderFor(SCHEMA).truncate("id", 10).build();
    return catalog.create(ref, SCHEMA, spec, SortOrder.unsorted(), Map.of());
  }

  /** The ids in one file, of the partition of the first one. */
  public static DataFile write(Table table, long... ids) {
    boolean whole = table.spec().isUnpartitioned();
    return write(table, table.spec(), whole ? "" : "id_trunc=" + ids[0] / 10 * 10, ids);
  }

  /**
   * The change that puts one id in the place of another, by a rewrite of the file that holds it.
   */
  public static Change exchange(TableRef ref, Table table, Token token, long old, long id) {
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        List<Long> ids = new ArrayList<>(ids(table, task.file()));
        if (ids.remove(old)) {
          ids.add(id);
          long[] now = ids.stream().mapToLong(Long::longValue).toArray();
          Snapshot base = Objects.requireNonNull(table.currentSnapshot());
          Edit edit =
              new Edit.Rewrite(
                  base.snapshotId(),
                  List.of(task.file().copy()),
                  List.of(),
                  Expressions.equal("id", old));
          return Change.of(ref, edit, token, List.of(write(table, now)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new AssertionError("no " + old + " in " + ref);
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
    return ids(table, table.newScan());
  }

  /** The ids that a snapshot has. */
  public static List<Long> ids(Table table, long snapshot) {
    return ids(table, table.newScan().useSnapshot(snapshot));
  }

  private static List<Long> ids(Table table, TableScan scan) {
    List<Long> ids = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = scan.planFiles()) {
      for (FileScanTask task : tasks) {
        ids.addAll(ids(table, task.file()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ids.sort(null);
    return ids;
  }

  /** The ids in one file. */
  public static List<Long> ids(Table table, DataFile file) {
    try (InputStream in = table.io().newInputFile(file.location()).newStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(Long::valueOf)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
