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
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
 * Delete files and deletion vectors that no file needs any more go with the files.
 */
public final class Rewrite implements Committer.Update {
  private static final int MOST_TRIES = 20;

  /**
   * Files that become other files together.
   *
   * @param before as the start snapshot has them
   * @param deletes the locations of the delete files that were applied, for each of {@code before}
   * @param after with all rows of {@code before} that were not deleted
   */
  public record Group(List<DataFile> before, Map<String, Set<String>> deletes, List<DataFile> after)
      implements Serializable {
    public Group {
      before = new ArrayList<>(before);
      deletes = new HashMap<>(deletes);
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
    Snapshot base = table.currentSnapshot();
    Live live = live(table);
    kept = groups.stream().filter(group -> isAsItWas(group, live)).toList();
    if (kept.isEmpty()) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot rewrite files of table %s: others changed all of them meanwhile.".formatted(ref),
          "Run it again, when less is going on.");
    }
    // What came since the start has been looked at. Asked about that too, Iceberg would stumble
    // over
    // a deletion vector that replaced another one which came since then.
    RewriteFiles rewrite = table.newRewrite().validateFromSnapshot(base.snapshotId());
    long sequence = table.snapshot(start).sequenceNumber();
    if (sequence > 0) {
      // Deletes that come later still find the rows in their new files.
      rewrite.dataSequenceNumber(sequence);
    }
    for (Group group : kept) {
      group.before().forEach(rewrite::deleteFile);
      group.after().forEach(rewrite::addFile);
    }
    unneeded(live).forEach(rewrite::deleteFile);
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

  private static boolean isAsItWas(Group group, Live live) {
    for (DataFile file : group.before()) {
      List<DeleteFile> now = live.deletes().get(file.location());
      if (now == null
          || !names(now).equals(group.deletes().getOrDefault(file.location(), Set.of()))) {
        return false;
      }
    }
    return true;
  }

  /** What deletes rows of files that are rewritten, and of no file that stays. */
  private Collection<DeleteFile> unneeded(Live live) {
    Map<String, DeleteFile> out = new TreeMap<>();
    Set<String> needed = new HashSet<>(live.others());
    Set<String> going = new HashSet<>();
    kept.forEach(group -> group.before().forEach(file -> going.add(file.location())));
    live.deletes()
        .forEach(
            (file, deletes) -> {
              if (going.contains(file)) {
                deletes.forEach(delete -> out.put(name(delete), delete));
              } else {
                needed.addAll(names(deletes));
              }
            });
    out.keySet().removeAll(needed);
    return out.values();
  }

  /**
   * The table as it is.
   *
   * @param deletes what deletes rows of the groups' files that are live
   * @param others the names of what deletes rows of other files
   */
  private record Live(Map<String, List<DeleteFile>> deletes, Set<String> others) {}

  private Live live(Table table) {
    Set<String> wanted = new HashSet<>();
    groups.forEach(group -> group.before().forEach(file -> wanted.add(file.location())));
    Live live = new Live(new HashMap<>(), new HashSet<>());
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        if (wanted.contains(task.file().location())) {
          live.deletes().put(task.file().location(), task.deletes());
        } else {
          live.others().addAll(deletes(task));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return live;
  }

  /** The locations of what deletes rows of a file. */
  public static Set<String> deletes(FileScanTask task) {
    return names(task.deletes());
  }

  private static Set<String> names(List<DeleteFile> deletes) {
    Set<String> out = new TreeSet<>();
    deletes.forEach(file -> out.add(name(file)));
    return out;
  }

  private static String name(DeleteFile file) {
    // Several deletion vectors may lie in one file.
    Long at = file.contentOffset();
    return at == null ? file.location() : file.location() + "#" + at;
  }
}
