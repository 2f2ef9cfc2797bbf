package dev.headwater.compact;

import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.maintain.Rewrite;
import dev.headwater.table.FileSplit;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Splits;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.actions.BinPackRewriteFilePlanner;
import org.apache.iceberg.actions.RewriteFileGroup;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.PropertyUtil;

/** Which files of a snapshot become other files, and how they are dealt out to workers. */
public final class CompactPlan implements Serializable {
  private static final long serialVersionUID = 1;

  /**
   * Files of one partition that become other files together.
   *
   * @param rows in the files, those that are deleted too; exact where nothing is deleted
   * @param maxBytes a new file ends when it has so many bytes
   */
  record Group(
      List<DataFile> before,
      Map<String, Set<String>> deletes,
      List<FileSplit> splits,
      long rows,
      long maxBytes)
      implements Serializable {
    long bytes() {
      return before.stream().mapToLong(DataFile::fileSizeInBytes).sum();
    }

    Rewrite.Group into(List<DataFile> after) {
      return new Rewrite.Group(before, deletes, after);
    }
  }

  private final SnapshotRef snapshot;
  private final ArrayList<Group> groups;
  private final long targetBytes;

  private CompactPlan(SnapshotRef snapshot, List<Group> groups, long targetBytes) {
    this.snapshot = snapshot;
    this.groups = new ArrayList<>(groups);
    this.targetBytes = targetBytes;
  }

  /** Looks at the files of a snapshot; reads only metadata. */
  public static CompactPlan of(Table table, SnapshotRef snapshot, CompactRule rule) {
    long target =
        rule.targetBytes() > 0
            ? rule.targetBytes()
            : PropertyUtil.propertyAsLong(
                table.properties(),
                TableProperties.WRITE_TARGET_FILE_SIZE_BYTES,
                TableProperties.WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT);
    Map<String, String> options = new HashMap<>();
    options.put(BinPackRewriteFilePlanner.TARGET_FILE_SIZE_BYTES, Long.toString(target));
    options.put(BinPackRewriteFilePlanner.MIN_INPUT_FILES, Integer.toString(rule.minFiles()));
    if (rule.all()) {
      options.put(BinPackRewriteFilePlanner.REWRITE_ALL, "true");
    } else {
      // One new file a group, so that there is work for every worker.
      options.put(BinPackRewriteFilePlanner.MAX_FILE_GROUP_SIZE_BYTES, Long.toString(target));
    }
    List<Group> groups = new ArrayList<>();
    try (CloseableIterable<RewriteFileGroup> planned =
        planner(table, snapshot, rule, options).plan().groups()) {
      for (RewriteFileGroup group : planned) {
        if (!rule.all() || !isInOrder(table, group, rule)) {
          groups.add(group(table, group));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new CompactPlan(snapshot, groups, target);
  }

  /** Its scan ignores residuals, so files that a condition chooses come with all their deletes. */
  private static BinPackRewriteFilePlanner planner(
      Table table, SnapshotRef snapshot, CompactRule rule, Map<String, String> options) {
    BinPackRewriteFilePlanner planner =
        new BinPackRewriteFilePlanner(
            table,
            Objects.requireNonNullElse(rule.where(), Expressions.alwaysTrue()),
            snapshot.snapshotId(),
            true);
    planner.init(options);
    return planner;
  }

  /** Files that say of themselves that they have the table's order are left alone. */
  private static boolean isInOrder(Table table, RewriteFileGroup group, CompactRule rule) {
    return rule.order().orderId() > 0
        && rule.order().equals(table.sortOrders().get(rule.order().orderId()))
        && group.inputFileNum() <= group.expectedOutputFiles()
        && group.fileScanTasks().stream()
            .allMatch(
                task ->
                    task.deletes().isEmpty()
                        && Objects.equals(task.file().sortOrderId(), rule.order().orderId()));
  }

  private static Group group(Table table, RewriteFileGroup group) {
    List<DataFile> before = new ArrayList<>();
    Map<String, Set<String>> deletes = new HashMap<>();
    long rows = 0;
    for (FileScanTask task : group.fileScanTasks()) {
      before.add(task.file().copyWithoutStats());
      deletes.put(task.file().location(), Rewrite.deletes(task));
      rows += task.file().recordCount();
    }
    return new Group(
        before,
        deletes,
        new ArrayList<>(Splits.of(table, group.fileScanTasks())),
        rows,
        group.maxOutputFileSize());
  }

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return groups.isEmpty();
  }

  /** How many files become others. */
  public int files() {
    return groups.stream().mapToInt(group -> group.before().size()).sum();
  }

  /** Their bytes. */
  public long bytes() {
    return groups.stream().mapToLong(Group::bytes).sum();
  }

  /** Their rows, the deleted ones too. */
  public long rows() {
    return groups.stream().mapToLong(Group::rows).sum();
  }

  /** In how many groups they are worked on. */
  public int size() {
    return groups.size();
  }

  /** About how many files there will be instead. */
  public long expectedFiles() {
    return groups.stream().mapToLong(g -> (g.bytes() + targetBytes - 1) / targetBytes).sum();
  }

  SnapshotRef snapshot() {
    return snapshot;
  }

  List<Group> groups() {
    return groups;
  }

  long targetBytes() {
    return targetBytes;
  }

  /** A group's rows for as many workers as there are, in pieces of about 64 MiB. */
  static List<SplitGroup> pieces(Group group, int workers) {
    return Splits.group(group.splits(), 64L << 20, workers);
  }
}
