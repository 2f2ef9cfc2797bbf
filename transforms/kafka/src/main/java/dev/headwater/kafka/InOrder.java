package dev.headwater.kafka;

import dev.headwater.kafka.OffsetRanges.Range;
import dev.headwater.table.WorkFn;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.values.KV;

/**
 * Keeps what came before what precedes it in its partition: bundles may overtake each other on
 * their way, commits may not.
 */
final class InOrder extends WorkFn<KV<Integer, Iterable<Ingested>>, InOrder.Sealed> {
  private static final long serialVersionUID = 1;

  /** What is committed together; never empty. */
  record Sealed(ArrayList<Ingested> parts) implements Serializable {
    private static final long serialVersionUID = 1;
  }

  @StateId("next")
  private final StateSpec<ValueState<Offsets>> next =
      StateSpecs.value(SerializableCoder.of(Offsets.class));

  @StateId("early")
  private final StateSpec<BagState<Ingested>> early = StateSpecs.bag(Ingested.coder());

  @ProcessElement
  public void process(
      @Element KV<Integer, Iterable<Ingested>> all,
      @StateId("next") ValueState<Offsets> next,
      @StateId("early") BagState<Ingested> early,
      OutputReceiver<Sealed> out) {
    List<Ingested> waiting = new ArrayList<>();
    early.read().forEach(waiting::add);
    boolean any = !waiting.isEmpty();
    all.getValue().forEach(waiting::add);
    Offsets before = next.read();
    Map<Integer, Long> reached = new HashMap<>((before == null ? Offsets.NONE : before).all());
    List<Ingested> ready = ready(waiting, reached);
    if (any) {
      early.clear();
    }
    Set<Ingested> gone = Collections.newSetFromMap(new IdentityHashMap<>());
    gone.addAll(ready);
    waiting.stream().filter(part -> !gone.contains(part)).forEach(early::add);
    if (!ready.isEmpty()) {
      next.write(Offsets.of(reached));
      out.output(new Sealed(new ArrayList<>(ready)));
    }
  }

  /**
   * As many as leave no gap, all of their partitions counted.
   *
   * @param reached the next offset of each partition; raised to what is reached with them
   */
  static List<Ingested> ready(List<Ingested> waiting, Map<Integer, Long> reached) {
    List<Ingested> some = new ArrayList<>(waiting);
    while (true) {
      Map<Integer, Long> with = reach(some, reached);
      boolean gaps =
          some.removeIf(
              part ->
                  part.ranges().all().stream()
                      .anyMatch(r -> with.getOrDefault(r.partition(), -1L) < r.to()));
      if (!gaps) {
        reached.putAll(with);
        return some;
      }
    }
  }

  private static Map<Integer, Long> reach(List<Ingested> parts, Map<Integer, Long> from) {
    Map<Integer, Long> reach = new HashMap<>(from);
    List<Range> ranges = new ArrayList<>();
    for (Ingested part : parts) {
      part.begun().forEach((partition, offset) -> reach.merge(partition, offset, Math::max));
      ranges.addAll(part.ranges().all());
    }
    ranges.sort((a, b) -> Long.compare(a.from(), b.from()));
    for (Range range : ranges) {
      Long at = reach.get(range.partition());
      if (at != null && range.from() <= at) {
        reach.put(range.partition(), Math.max(at, range.to()));
      }
    }
    return reach;
  }
}
