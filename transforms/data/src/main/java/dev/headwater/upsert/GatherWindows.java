package dev.headwater.upsert;

import dev.headwater.table.WorkFn;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * What bundles wrote of windows, until these are complete: when the watermark passes a window's
 * end, all of it goes on, and the window counts as replaced. What comes of a replaced window later
 * goes on after an interval, to be added to it; so does what comes of a window that ended longer
 * ago than windows are remembered. The state is references to files, and the starts of windows.
 */
final class GatherWindows extends WorkFn<KV<Integer, WindowPart>, Ripe> {
  private static final long serialVersionUID = 1;

  /** Before every window, and not so near to the least number that it can't be taken from. */
  private static final long BEGINNING = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  private final Duration remembered;
  private final Duration interval;

  GatherWindows(Duration remembered, Duration interval) {
    this.remembered = remembered;
    this.interval = interval;
  }

  /** Windows that were replaced, start to end. */
  static final class Replaced extends TreeMap<Long, Long> {
    private static final long serialVersionUID = 1;
  }

  @StateId("waiting")
  private final StateSpec<BagState<WindowPart>> waitingSpec =
      StateSpecs.bag(SerializableCoder.of(WindowPart.class));

  @StateId("late")
  private final StateSpec<BagState<WindowPart>> lateSpec =
      StateSpecs.bag(SerializableCoder.of(WindowPart.class));

  @StateId("replaced")
  private final StateSpec<ValueState<Replaced>> replacedSpec =
      StateSpecs.value(SerializableCoder.of(Replaced.class));

  /** Which time the timer is set for. */
  @StateId("next")
  private final StateSpec<ValueState<Long>> nextSpec = StateSpecs.value(VarLongCoder.of());

  /** The greatest end of a window that the watermark is known to have passed. */
  @StateId("passed")
  private final StateSpec<ValueState<Long>> passedSpec = StateSpecs.value(VarLongCoder.of());

  @TimerId("end")
  private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  @TimerId("interval")
  private final TimerSpec intervalSpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

  @ProcessElement
  public void process(
      @Element KV<Integer, WindowPart> element,
      @StateId("waiting") BagState<WindowPart> waiting,
      @StateId("late") BagState<WindowPart> late,
      @StateId("replaced") ValueState<Replaced> replaced,
      @StateId("next") ValueState<Long> next,
      @StateId("passed") ValueState<Long> passed,
      @TimerId("end") Timer end,
      @TimerId("interval") Timer soon) {
    WindowPart part = element.getValue();
    long cut = or(passed.read(), BEGINNING);
    Replaced known = replaced.read();
    if ((known != null && known.containsKey(part.start()))
        || part.end() <= cut - remembered.getMillis()) {
      if (late.isEmpty().read()) {
        soon.offset(interval).setRelative();
      }
      late.add(part);
      return;
    }
    waiting.add(part);
    if (part.end() < or(next.read(), Long.MAX_VALUE)) {
      next.write(part.end());
      end.set(Instant.ofEpochMilli(part.end()));
    }
  }

  @OnTimer("end")
  public void ended(
      @StateId("waiting") BagState<WindowPart> waiting,
      @StateId("late") BagState<WindowPart> late,
      @StateId("replaced") ValueState<Replaced> replaced,
      @StateId("next") ValueState<Long> next,
      @StateId("passed") ValueState<Long> passed,
      @TimerId("end") Timer end,
      OutputReceiver<Ripe> out) {
    Long due = next.read();
    if (due == null) {
      return;
    }
    long cut = Math.max(due, or(passed.read(), BEGINNING));
    passed.write(cut);
    Replaced known = Objects.requireNonNullElseGet(replaced.read(), Replaced::new);
    Replaced now = new Replaced();
    List<WindowPart> ripe = new ArrayList<>();
    List<WindowPart> left = new ArrayList<>();
    long first = Long.MAX_VALUE;
    for (WindowPart part : waiting.read()) {
      if (part.end() <= cut) {
        ripe.add(part);
        now.put(part.start(), part.end());
      } else {
        left.add(part);
        first = Math.min(first, part.end());
      }
    }
    waiting.clear();
    left.forEach(waiting::add);
    known.putAll(now);
    known.values().removeIf(until -> until <= cut - remembered.getMillis());
    replaced.write(known);
    next.clear();
    if (first < Long.MAX_VALUE) {
      next.write(first);
      end.set(Instant.ofEpochMilli(first));
    }
    send(now, ripe, late, out);
  }

  @OnTimer("interval")
  public void late(@StateId("late") BagState<WindowPart> late, OutputReceiver<Ripe> out) {
    send(new Replaced(), List.of(), late, out);
  }

  private static void send(
      Replaced now, List<WindowPart> ripe, BagState<WindowPart> late, OutputReceiver<Ripe> out) {
    List<WindowPart> added = new ArrayList<>();
    late.read().forEach(added::add);
    late.clear();
    if (!ripe.isEmpty() || !added.isEmpty()) {
      out.output(Ripe.of(now, ripe, added));
    }
  }

  private static long or(@org.jspecify.annotations.Nullable Long value, long other) {
    return value == null ? other : value;
  }
}
