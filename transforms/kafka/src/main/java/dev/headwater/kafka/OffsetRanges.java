package dev.headwater.kafka;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Ranges of a topic's offsets, {@code [from, to)} by partition, those that touch as one. Immutable.
 * Bounds are positions of a consumer, so that what a topic no longer holds makes no gaps.
 */
public final class OffsetRanges implements Serializable {
  private static final long serialVersionUID = 1;
  public static final OffsetRanges NONE = new OffsetRanges(new TreeMap<>());

  /** Offsets of one partition, {@code from} (inclusive) to {@code to} (exclusive). */
  public record Range(int partition, long from, long to) implements Serializable {
    public Range {
      if (from < 0 || to < from) {
        throw new IllegalArgumentException("no range of offsets: " + from + " to " + to);
      }
    }

    @Override
    public String toString() {
      return partition + ":[" + from + ", " + to + ")";
    }
  }

  private final SortedMap<Integer, NavigableMap<Long, Long>> ranges;

  private OffsetRanges(SortedMap<Integer, NavigableMap<Long, Long>> ranges) {
    this.ranges = ranges;
  }

  /**
   * All of these.
   *
   * @throws IllegalArgumentException if two of them overlap
   */
  public static OffsetRanges of(Iterable<Range> all) {
    SortedMap<Integer, NavigableMap<Long, Long>> ranges = new TreeMap<>();
    all.forEach(range -> add(ranges, range));
    return new OffsetRanges(ranges);
  }

  public static OffsetRanges of(Range... all) {
    return of(List.of(all));
  }

  private static void add(SortedMap<Integer, NavigableMap<Long, Long>> ranges, Range range) {
    if (range.from() == range.to()) {
      return;
    }
    NavigableMap<Long, Long> of = ranges.computeIfAbsent(range.partition(), p -> new TreeMap<>());
    long from = range.from();
    long to = range.to();
    Map.Entry<Long, Long> before = of.lowerEntry(to);
    if (before != null && before.getValue() > from) {
      throw new IllegalArgumentException(
          range + " overlaps [" + before.getKey() + ", " + before.getValue() + ")");
    }
    if (before != null && before.getValue() == from) {
      from = before.getKey();
    }
    Long after = of.remove(to);
    of.put(from, after == null ? to : after);
  }

  /**
   * These and those.
   *
   * @throws IllegalArgumentException if they overlap
   */
  public OffsetRanges and(OffsetRanges other) {
    List<Range> all = new ArrayList<>(all());
    all.addAll(other.all());
    return of(all);
  }

  /** By partition and offset, none that touches the one before it. */
  public List<Range> all() {
    List<Range> all = new ArrayList<>();
    ranges.forEach(
        (partition, of) -> of.forEach((from, to) -> all.add(new Range(partition, from, to))));
    return all;
  }

  public boolean isEmpty() {
    return ranges.isEmpty();
  }

  /** How many offsets they hold; at least as many as there are records. */
  public long size() {
    return all().stream().mapToLong(range -> range.to() - range.from()).sum();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof OffsetRanges other && ranges.equals(other.ranges);
  }

  @Override
  public int hashCode() {
    return ranges.hashCode();
  }

  @Override
  public String toString() {
    return all().toString();
  }
}
