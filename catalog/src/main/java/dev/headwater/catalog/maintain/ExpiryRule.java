package dev.headwater.catalog.maintain;

import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.SummaryKeys;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;

/**
 * Which snapshots may go. Whatever it says, these stay: the current one, what a tag or a branch
 * names, the newest of each sink (its token would be forgotten with it), and what a branch's newest
 * snapshot only rewrote, back to where its rows came from.
 *
 * @param before younger ones stay
 * @param keep so many of the newest of each branch stay, at least 1
 * @param pinned ids that stay, and why: what a run reads
 */
public record ExpiryRule(Instant before, int keep, Map<Long, String> pinned) {
  public ExpiryRule {
    if (keep < 1) {
      throw new IllegalArgumentException("keep " + keep + ": at least the newest one is kept");
    }
    pinned = new TreeMap<>(pinned);
  }

  /** The table's snapshots in two heaps; the expired ones from the oldest on. */
  record Sorted(List<Snapshot> expired, Map<Long, String> kept) {}

  Sorted sort(Table table) {
    Map<Long, String> kept = new LinkedHashMap<>();
    table.refs().forEach((name, ref) -> keep(kept, ref.snapshotId(), what(name, ref)));
    for (Map.Entry<String, SnapshotRef> ref : table.refs().entrySet()) {
      if (ref.getValue().isBranch()) {
        branch(table, table.snapshot(ref.getValue().snapshotId()), kept);
      }
    }
    pinned.forEach((id, why) -> keep(kept, id, why));
    List<Snapshot> expired = new ArrayList<>();
    for (Snapshot snapshot : table.snapshots()) {
      if (snapshot.timestampMillis() >= before.toEpochMilli()) {
        keep(kept, snapshot.snapshotId(), "young");
      } else if (!kept.containsKey(snapshot.snapshotId())) {
        expired.add(snapshot);
      }
    }
    expired.sort(Comparator.comparingLong(Snapshot::timestampMillis));
    kept.keySet().removeIf(id -> table.snapshot(id) == null);
    return new Sorted(List.copyOf(expired), kept);
  }

  private void branch(Table table, Snapshot head, Map<Long, String> kept) {
    Set<String> sinks = new HashSet<>();
    int place = 0;
    boolean rewritten = true;
    Long parent = head.snapshotId();
    for (Snapshot snapshot : History.of(head, table::snapshot, table.properties())) {
      String token = snapshot.summary().get(SummaryKeys.TOKEN);
      String sink = token == null ? "" : token.substring(0, token.indexOf('/'));
      if (!sink.isEmpty() && sinks.add(sink)) {
        keep(kept, snapshot.snapshotId(), "newest of " + sink);
      }
      if (place++ < keep) {
        keep(kept, snapshot.snapshotId(), "one of the newest " + keep);
      }
      rewritten &= parent != null && parent == snapshot.snapshotId();
      if (rewritten) {
        keep(kept, snapshot.snapshotId(), "the newest rows");
        rewritten = DataOperations.REPLACE.equals(snapshot.operation());
        parent = snapshot.parentId();
      }
    }
  }

  private static void keep(Map<Long, String> kept, long id, String why) {
    kept.merge(id, why, (a, b) -> a.contains(b) ? a : a + ", " + b);
  }

  private static String what(String name, SnapshotRef ref) {
    return (ref.isTag() ? "tag " : "branch ") + name;
  }
}
