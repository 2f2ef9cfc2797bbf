package dev.headwater.upsert;

import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.SummaryKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/**
 * The windows of a table that a sink has taken over, as its newest snapshot says it.
 *
 * @param spans from start to end, in milliseconds since 1970; windows that touch are one
 * @param floor a window that ends then or before is left alone for ever, taken over or not
 */
public record TakenWindows(TreeMap<Long, Long> spans, long floor) {
  /** Where a summary has them. */
  public static final String KEY = "headwater.windows";

  private static final TakenWindows NONE = new TakenWindows(new TreeMap<>(), Long.MIN_VALUE);

  /** What a sink has taken over by now. */
  public static TakenWindows of(Table table, String sink) {
    for (Snapshot snapshot : History.of(table)) {
      Map<String, String> summary = snapshot.summary();
      String said = summary.get(KEY);
      if (said != null && summary.getOrDefault(SummaryKeys.TOKEN, "").startsWith(sink + "/")) {
        return read(said);
      }
    }
    return NONE;
  }

  private static TakenWindows read(String text) {
    List<String> parts = List.of(text.split(" ", -1));
    TreeMap<Long, Long> spans = new TreeMap<>();
    for (String span : parts.subList(1, parts.size())) {
      String[] ends = span.split("\\.\\.", -1);
      spans.put(Long.valueOf(ends[0]), Long.valueOf(ends[1]));
    }
    return new TakenWindows(spans, Long.parseLong(parts.get(0)));
  }

  /** Whether rows of a window come beside those that are there, now and later. */
  boolean keeps(long start, long end) {
    Map.Entry<Long, Long> span = spans.floorEntry(start);
    return end <= floor || (span != null && start < span.getValue());
  }

  /** Of windows, from start to end, those whose rows go when these come. */
  TreeMap<Long, Long> fresh(Map<Long, Long> came) {
    TreeMap<Long, Long> fresh = new TreeMap<>(came);
    fresh.entrySet().removeIf(window -> keeps(window.getKey(), window.getValue()));
    return fresh;
  }

  /**
   * With windows of which rows came.
   *
   * @param remembered in milliseconds: one that ended longer before the newest is left alone
   */
  TakenWindows with(Map<Long, Long> came, long remembered) {
    TreeMap<Long, Long> all = new TreeMap<>(spans);
    all.putAll(fresh(came));
    long next = floor;
    for (long end : came.values()) {
      next = Math.max(next, end - remembered);
    }
    long least = next;
    TreeMap<Long, Long> joined = joined(all);
    joined.values().removeIf(end -> end <= least);
    return new TakenWindows(joined, next);
  }

  /** What a summary is to say. */
  Map<String, String> summary() {
    List<String> parts = new ArrayList<>(List.of(Long.toString(floor)));
    spans.forEach((start, end) -> parts.add(start + ".." + end));
    return Map.of(KEY, parts.stream().collect(Collectors.joining(" ")));
  }

  /** Windows that follow each other as one. */
  static TreeMap<Long, Long> joined(TreeMap<Long, Long> windows) {
    TreeMap<Long, Long> spans = new TreeMap<>();
    windows.forEach(
        (start, end) -> {
          Map.Entry<Long, Long> last = spans.lastEntry();
          spans.put(last != null && last.getValue().equals(start) ? last.getKey() : start, end);
        });
    return spans;
  }
}
