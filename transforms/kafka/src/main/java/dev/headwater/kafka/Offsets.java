package dev.headwater.kafka;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/** For each partition the next offset to read. Immutable. */
public final class Offsets implements Serializable {
  private static final long serialVersionUID = 1;
  public static final Offsets NONE = new Offsets(Map.of());

  private final TreeMap<Integer, Long> next;

  private Offsets(Map<Integer, Long> next) {
    this.next = new TreeMap<>(next);
  }

  public static Offsets of(Map<Integer, Long> next) {
    return new Offsets(next);
  }

  /** The next offset of a partition; null for one that is not known. */
  public @Nullable Long of(int partition) {
    return next.get(partition);
  }

  /** By partition, in their order. */
  public Map<Integer, Long> all() {
    return Map.copyOf(next);
  }

  public boolean isEmpty() {
    return next.isEmpty();
  }

  /** For each partition, in their order. */
  public void forEach(ObjLongConsumer<Integer> what) {
    next.forEach(what::accept);
  }

  /** With those of the other one in the place of these. */
  public Offsets with(Offsets other) {
    TreeMap<Integer, Long> all = new TreeMap<>(next);
    all.putAll(other.next);
    return new Offsets(all);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Offsets other && next.equals(other.next);
  }

  @Override
  public int hashCode() {
    return next.hashCode();
  }

  /** {@code {0=120, 1=7}}. */
  @Override
  public String toString() {
    return next.toString();
  }
}
