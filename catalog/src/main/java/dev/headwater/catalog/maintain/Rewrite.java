package dev.headwater.catalog.maintain;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Token;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.CloseableIterable;

/**
 * The same rows in other files. Rows that others add meanwhile stay; a group of files that somebody
 * else rewrote, removed or deleted rows from meanwhile is left as it is now, the others go on.
 */
public final class Rewrite implements Committer.Update {
  private static final int MOST_TRIES = 20;

  /**
   * Files that become other files together.
   *
   * @param before as the start snapshot has them
   * @param deletes the locations of the delete files that were applied, for each of {@code before}
   * @param dangling delete files that nothing needs without {@code before}: deletion vectors
   * @param after with all rows of {@code before} that were not deleted
   */
  public record Group(
      List<DataFile> before,
      Map<String, Set<String>> deletes,
      List<DeleteFile> dangling,
      List<DataFile> after)
      implements Serializable {
    public Group {
      before = new ArrayList<>(before);
      deletes = new HashMap<>(deletes);
      dangling = new ArrayList<>(dangling);
      after = new ArrayList<>(after);
    }
  }

  private final TableRef ref;
  private final long start;
  private final List<Group> groups;
  private List<Group> kept;
  private int tries;

  private Rewrite(TableRef ref, long start, List<Group> groups) {
    this.ref = ref;
    this.start = start;
    this.groups = groups;
    this.kept = groups;
  }

  /**
   * A rewrite of what a snapshot had.
   *
   * @param start the snapshot whose files were read
   */
  public static Rewrite of(TableRef ref, long start, List<Group> groups) {
    return new Rewrite(ref, start, List.copyOf(groups));
  }

  /** What it is as a change, to be committed with this. */
  public Change change(Token token) {
    List<DataFile> after = groups.stream().flatMap(g -> g.after().stream()).toList();
    return Change.append(ref, token, after);
  }

  /** The groups that the last attempt had; those that are missing had been changed by others. */
  public List<Group> kept() {
    return kept;
  }

  @Override
  public SnapshotUpdate<?> on(Table table) {
    checkStart(table);
    Map<String, Set<String>> live = live(table);
    kept = groups.stream().filter(group -> isAsItWas(group, live)).toList();
    if (kept.isEmpty()) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot rewrite files of table %s: others changed all of them meanwhile.".formatted(ref),
          "Run it again, when less is going on.");
    }
    RewriteFiles rewrite = table.newRewrite().validateFromSnapshot(start);
    long sequence = table.snapshot(start).sequenceNumber();
    if (sequence > 0) {
      // Deletes that come later still find the rows in their new files.
      rewrite.dataSequenceNumber(sequence);
    }
    for (Group group : kept) {
      group.before().forEach(rewrite::deleteFile);
      group.dangling().forEach(rewrite::deleteFile);
      group.after().forEach(rewrite::addFile);
    }
    return rewrite;
  }

  /** What came since the start must be known one by one, or deletes could be overlooked. */
  private void checkStart(Table table) {
    Snapshot snapshot = table.currentSnapshot();
    while (snapshot != null && snapshot.snapshotId() != start) {
      Long parent = snapshot.parentId();
      snapshot = parent == null ? null : table.snapshot(parent);
    }
    if (snapshot == null) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot rewrite files of table %s: what came since snapshot %d has expired meanwhile."
              .formatted(ref, start),
          "Run it again; expire with a greater age than a rewrite takes.");
    }
  }

  @Override
  public boolean again(RuntimeException refusal) {
    return refusal instanceof ValidationException && ++tries < MOST_TRIES;
  }

  private static boolean isAsItWas(Group group, Map<String, Set<String>> live) {
    for (DataFile file : group.before()) {
      Set<String> now = live.get(file.location());
      if (now == null || !now.equals(group.deletes().getOrDefault(file.location(), Set.of()))) {
        return false;
      }
    }
    return true;
  }

  /** The files of the groups that are live, and what deletes rows of them. */
  private Map<String, Set<String>> live(Table table) {
    Set<String> wanted = new HashSet<>();
    groups.forEach(group -> group.before().forEach(file -> wanted.add(file.location())));
    Map<String, Set<String>> live = new HashMap<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        if (wanted.contains(task.file().location())) {
          live.put(task.file().location(), deletes(task));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return live;
  }

  /** The locations of what deletes rows of a file. */
  public static Set<String> deletes(FileScanTask task) {
    Set<String> out = new TreeSet<>();
    for (DeleteFile file : task.deletes()) {
      // Several deletion vectors may lie in one file.
      Long at = file.contentOffset();
      out.add(at == null ? file.location() : file.location() + "#" + at);
    }
    return out;
  }
}
