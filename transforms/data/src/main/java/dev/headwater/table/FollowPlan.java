package dev.headwater.table;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.SnapshotRef;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.IncrementalAppendScan;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * What is to be read of each snapshot of a table that is followed.
 *
 * @param table its name and UUID; of no snapshot
 * @param schema the table's when the transform was applied
 * @param time the column with the event time, or null
 */
record FollowPlan(
    SnapshotRef table,
    Schema schema,
    Wanted.Bound bound,
    FollowTable.Overwrites overwrites,
    @Nullable String time,
    long splitBytes)
    implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int LEAST_GROUPS = 2;

  /** What one worker reads: rows of some splits, or a change. */
  record Piece(@Nullable SplitGroup rows, @Nullable RowChange change) implements Serializable {
    private static final long serialVersionUID = 1;
  }

  /**
   * A snapshot's rows.
   *
   * @param least the least event time in them, in milliseconds; null: not known by a column
   * @param greatest the greatest
   */
  record Step(List<Piece> pieces, @Nullable Long least, @Nullable Long greatest) {}

  /**
   * The snapshots after one, in their order.
   *
   * @throws HeadwaterException REFUSED if the table is another one now, if it was rolled back, or
   *     if one of them has expired
   */
  List<Snapshot> after(Table now, @Nullable Long last) {
    if (!now.uuid().equals(table.tableUuid())) {
      throw refused("it was dropped and made anew", "begin anew, without what the job remembers.");
    }
    Deque<Snapshot> out = new ArrayDeque<>();
    Snapshot next = now.currentSnapshot();
    while (next != null && !Long.valueOf(next.snapshotId()).equals(last)) {
      out.addFirst(next);
      Long parent = next.parentId();
      if (parent == null || parent.equals(last)) {
        next = null;
        if (parent == null && last != null) {
          throw refused(
              "snapshot " + last + " is not in its history any more; it was rolled back",
              "begin anew, after a snapshot of its history.");
        }
      } else {
        next = now.snapshot(parent);
        if (next == null) {
          throw refused(
              "snapshot " + parent + ", which is to be read, has expired",
              "let snapshots live longer than whoever follows is behind, and begin anew with the"
                  + " whole table or after a snapshot that is there.");
        }
      }
    }
    if (next == null && out.isEmpty() && last != null) {
      throw refused("it is empty, but snapshot " + last + " was read", "begin anew.");
    }
    return List.copyOf(out);
  }

  /** All rows of a snapshot. */
  Step whole(Table now, long snapshot) {
    Snapshot known = now.snapshot(snapshot);
    if (known == null) {
      throw refused(
          "snapshot " + snapshot + ", which is to be read, has expired",
          "begin anew with the table as it is.");
    }
    return read(now, known, withTimes(now.newScan().useSnapshot(snapshot)).planFiles(), true);
  }

  /** What a snapshot brought. */
  Step step(Table now, Snapshot snapshot) {
    switch (snapshot.operation()) {
      case DataOperations.APPEND -> {
        IncrementalAppendScan scan =
            now.newIncrementalAppendScan().toSnapshot(snapshot.snapshotId());
        Long parent = snapshot.parentId();
        scan = parent == null ? scan : scan.fromSnapshotExclusive(parent);
        scan = time == null ? scan : scan.includeColumnStats(List.of(time));
        return read(now, snapshot, scan.planFiles(), false);
      }
      case DataOperations.REPLACE -> {
        return new Step(List.of(), null, null);
      }
      default -> {
        return overwritten(now, snapshot);
      }
    }
  }

  private Step overwritten(Table now, Snapshot snapshot) {
    switch (overwrites) {
      case SKIP -> {
        return new Step(List.of(), null, null);
      }
      case CHANGES -> {
        List<Piece> out = new ArrayList<>();
        new ChangePlan(snapshot.parentId(), true)
            .changes(
                now,
                ref(snapshot),
                filter(now),
                change -> out.add(new Piece(null, numbered(change, snapshot))));
        return new Step(out, null, null);
      }
      default ->
          throw refused(
              "snapshot "
                  + snapshot.snapshotId()
                  + " deletes or replaces rows (operation "
                  + snapshot.operation()
                  + ")",
              "read the changes instead (overwrites(CHANGES)), or leave such snapshots out"
                  + " (overwrites(SKIP)).");
    }
  }

  private Step read(
      Table now, Snapshot snapshot, CloseableIterable<FileScanTask> files, boolean deletes) {
    Expression filter = filter(now);
    List<FileSplit> splits = new ArrayList<>();
    IdentityHashMap<DeleteFile, DeleteFile> known = new IdentityHashMap<>();
    Long least = null;
    Long greatest = null;
    try (files) {
      for (FileScanTask task : files) {
        if (time != null && !isNull(now, task.file())) {
          long low = bound(now, task.file(), task.file().lowerBounds());
          long high = bound(now, task.file(), task.file().upperBounds());
          least = least == null ? low : Long.valueOf(Math.min(least, low));
          greatest = greatest == null ? high : Long.valueOf(Math.max(greatest, high));
        }
        if (filter == null || Splits.mayHold(now, task, filter)) {
          RowDeletes gone = deletes ? RowDeletes.of(now, task.deletes(), known) : RowDeletes.NONE;
          Splits.cut(task, gone, splits);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Step(pieces(splits, snapshot), least, greatest);
  }

  private List<Piece> pieces(List<FileSplit> splits, Snapshot snapshot) {
    if (splits.isEmpty()) {
      return List.of();
    }
    if (overwrites == FollowTable.Overwrites.CHANGES) {
      return splits.stream()
          .map(split -> new RowChange(split, null, true, 0, snapshot.snapshotId()))
          .map(change -> new Piece(null, numbered(change, snapshot)))
          .toList();
    }
    return Splits.group(splits, splitBytes, LEAST_GROUPS).stream()
        .map(group -> new Piece(group, null))
        .toList();
  }

  private static RowChange numbered(RowChange change, Snapshot snapshot) {
    return new RowChange(
        change.split(),
        change.gone(),
        change.inserted(),
        Math.toIntExact(snapshot.sequenceNumber()),
        snapshot.snapshotId());
  }

  private TableScan withTimes(TableScan scan) {
    return time == null ? scan : scan.includeColumnStats(List.of(time));
  }

  /** The condition, as long as its names mean the same columns. */
  private @Nullable Expression filter(Table now) {
    return now.schema().sameSchema(schema) ? bound.filter() : null;
  }

  private boolean isNull(Table now, DataFile file) {
    Map<Integer, Long> nulls = file.nullValueCounts();
    Long count = nulls == null ? null : nulls.get(field(now).fieldId());
    return file.recordCount() == 0 || (count != null && count == file.recordCount());
  }

  private long bound(Table now, DataFile file, @Nullable Map<Integer, ByteBuffer> bounds) {
    Types.NestedField field = field(now);
    ByteBuffer bytes = bounds == null ? null : bounds.get(field.fieldId());
    if (bytes == null) {
      throw refused(
          "its file " + file.location() + " has no bounds of " + time,
          "set the table's property write.metadata.metrics.column."
              + time
              + " to full and rewrite such files, or follow it by commit times.");
    }
    Object value = Conversions.fromByteBuffer(field.type(), bytes);
    return value instanceof Integer days ? days * 86_400_000L : Math.floorDiv((Long) value, 1_000L);
  }

  private Types.NestedField field(Table now) {
    Types.NestedField then = schema.findField(time);
    Types.NestedField field = now.schema().findField(then.fieldId());
    return field == null ? then : field;
  }

  private SnapshotRef ref(Snapshot snapshot) {
    return new SnapshotRef(table.table(), table.tableUuid(), snapshot.snapshotId());
  }

  HeadwaterException refused(String what, String fix) {
    return new HeadwaterException(
        Kind.REFUSED, "Cannot follow " + table.table() + ": " + what + ".", fix);
  }
}
