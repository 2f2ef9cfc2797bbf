package dev.headwater.catalog.commit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongFunction;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots that a table's newest one came from, over the gaps that an expiry leaves: the table
 * remembers, in its property {@value #KEPT}, which older ones it kept.
 */
public final class History {
  /** Ids of snapshots that have an expired one between them and the newest; the newest first. */
  public static final String KEPT = "headwater.history.kept";

  private History() {}

  /** The main branch, the newest snapshot first; empty for a table without one. */
  public static List<Snapshot> of(Table table) {
    return of(table.currentSnapshot(), table::snapshot, table.properties());
  }

  /** What a snapshot came from, itself first. */
  public static List<Snapshot> of(
      @Nullable Snapshot newest,
      LongFunction<@Nullable Snapshot> byId,
      Map<String, String> properties) {
    List<Snapshot> all = new ArrayList<>();
    Snapshot next = newest;
    while (next != null) {
      all.add(next);
      next = before(next, byId, properties);
    }
    return all;
  }

  /** What the newest commit of each sink says, the oldest of them first. */
  public static List<Map<String, String>> newestOfSinks(Table table) {
    Set<String> sinks = new HashSet<>();
    List<Map<String, String>> summaries = new ArrayList<>();
    for (Snapshot snapshot : of(table)) {
      String token = snapshot.summary().get(SummaryKeys.TOKEN);
      if (token != null && sinks.add(token.substring(0, token.indexOf('/')))) {
        summaries.add(snapshot.summary());
      }
    }
    Collections.reverse(summaries);
    return summaries;
  }

  /** The one before it that is still there; null if there is none. */
  static @Nullable Snapshot before(
      Snapshot snapshot, LongFunction<@Nullable Snapshot> byId, Map<String, String> properties) {
    Long parent = snapshot.parentId();
    if (parent == null) {
      return null;
    }
    Snapshot direct = byId.apply(parent);
    return direct != null
        ? direct
        : kept(properties).stream()
            .map(byId::apply)
            .filter(Objects::nonNull)
            .filter(old -> isBefore(old, snapshot))
            .findFirst()
            .orElse(null);
  }

  private static List<Long> kept(Map<String, String> properties) {
    String ids = properties.getOrDefault(KEPT, "");
    return Arrays.stream(ids.split(",")).filter(id -> !id.isEmpty()).map(Long::valueOf).toList();
  }

  /** Format version 1 numbers no snapshots; there the time must do. */
  private static boolean isBefore(Snapshot old, Snapshot snapshot) {
    return snapshot.sequenceNumber() > 0
        ? old.sequenceNumber() < snapshot.sequenceNumber()
        : old.timestampMillis() < snapshot.timestampMillis();
  }
}
