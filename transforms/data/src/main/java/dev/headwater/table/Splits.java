package dev.headwater.table;

import dev.headwater.catalog.SnapshotRef;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.expressions.Evaluator;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.InclusiveMetricsEvaluator;
import org.apache.iceberg.expressions.Projections;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/**
 * How a snapshot's rows are dealt out to workers: files cut at row groups (blocks, stripes),
 * gathered to groups.
 */
public final class Splits {
  private Splits() {}

  /**
   * The groups that hold a snapshot's rows, each row once, in an order that depends on the snapshot
   * alone.
   *
   * @param filter files without a matching row are left out
   * @param targetBytes about how many bytes a group has
   * @param minGroups at least so many groups, if there are so many row groups
   */
  public static List<SplitGroup> of(
      Table table,
      SnapshotRef snapshot,
      @Nullable Expression filter,
      long targetBytes,
      int minGroups) {
    TableScan scan = table.newScan().useSnapshot(snapshot.snapshotId());
    if (filter != null) {
      scan = scan.filter(filter);
    }
    List<FileSplit> splits = new ArrayList<>();
    IdentityHashMap<DeleteFile, DeleteFile> known = new IdentityHashMap<>();
    try (CloseableIterable<FileScanTask> files = scan.planFiles()) {
      for (FileScanTask task : files) {
        cut(task, RowDeletes.of(table, task.deletes(), known), splits);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return group(splits, targetBytes, minGroups);
  }

  /**
   * The groups that hold the rows that were appended after one snapshot, up to another.
   *
   * @throws dev.headwater.catalog.HeadwaterException REFUSED if a commit between them did more than
   *     append, or if {@code after} is not in the history
   */
  public static List<SplitGroup> appended(
      Table table, long after, SnapshotRef upTo, long targetBytes, int minGroups) {
    return new ChangePlan(after, false).appended(table, upTo, null, targetBytes, minGroups);
  }

  /** The pieces of some of a table's files. */
  public static List<FileSplit> of(Table table, List<FileScanTask> files) {
    List<FileSplit> splits = new ArrayList<>();
    IdentityHashMap<DeleteFile, DeleteFile> known = new IdentityHashMap<>();
    for (FileScanTask task : files) {
      cut(task, RowDeletes.of(table, task.deletes(), known), splits);
    }
    return splits;
  }

  /** Gathers splits to groups of about {@code targetBytes}, but to at least {@code minGroups}. */
  public static List<SplitGroup> group(List<FileSplit> splits, long targetBytes, int minGroups) {
    List<FileSplit> sorted = new ArrayList<>(splits);
    sorted.sort(Comparator.comparing(FileSplit::path).thenComparingLong(FileSplit::start));
    long total = sorted.stream().mapToLong(FileSplit::length).sum();
    long groups = Math.max(minGroups, (total + targetBytes - 1) / targetBytes);
    groups = Math.max(1, Math.min(groups, sorted.size()));
    List<SplitGroup> out = new ArrayList<>();
    List<FileSplit> open = new ArrayList<>();
    long done = 0;
    for (int i = 0; i < sorted.size(); i++) {
      FileSplit split = sorted.get(i);
      open.add(split);
      done += split.length();
      long groupsLeft = groups - out.size() - 1;
      boolean full = groupsLeft > 0 && done >= total * (out.size() + 1) / groups;
      boolean needed = sorted.size() - i - 1 <= groupsLeft;
      if (full || needed) {
        out.add(new SplitGroup(open));
        open = new ArrayList<>();
      }
    }
    if (!open.isEmpty()) {
      out.add(new SplitGroup(open));
    }
    return out;
  }

  /** Cuts a file at its row groups. */
  static void cut(FileScanTask task, RowDeletes deletes, List<FileSplit> out) {
    DataFile file = task.file();
    Map<Integer, Serializable> constants = constants(task);
    long size = file.fileSizeInBytes();
    List<Long> offsets = file.splitOffsets();
    FileFormat format = file.format();
    if (offsets == null || offsets.size() < 2) {
      out.add(new FileSplit(file.location(), size, 0, size, constants, deletes, format));
      return;
    }
    for (int i = 0; i < offsets.size(); i++) {
      long start = offsets.get(i);
      long end = i + 1 < offsets.size() ? offsets.get(i + 1) : size;
      out.add(new FileSplit(file.location(), size, start, end - start, constants, deletes, format));
    }
  }

  private static Map<Integer, Serializable> constants(FileScanTask task) {
    Map<Integer, Serializable> out = new HashMap<>(RowLineage.constants(task.file()));
    List<PartitionField> fields = task.spec().fields();
    for (int i = 0; i < fields.size(); i++) {
      Object value = task.file().partition().get(i, Object.class);
      if (fields.get(i).transform().isIdentity() && value != null) {
        out.put(fields.get(i).sourceId(), serializable(value));
      }
    }
    return out;
  }

  private static Serializable serializable(Object value) {
    if (value instanceof ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.duplicate().get(copy);
      return copy;
    }
    return value instanceof CharSequence text ? text.toString() : (Serializable) value;
  }

  /** Whether a file may have a matching row. */
  public static boolean mayHold(Table table, FileScanTask task, Expression filter) {
    Expression partitions = Projections.inclusive(task.spec()).project(filter);
    return new InclusiveMetricsEvaluator(table.schema(), filter).eval(task.file())
        && new Evaluator(task.spec().partitionType(), partitions).eval(task.file().partition());
  }
}
