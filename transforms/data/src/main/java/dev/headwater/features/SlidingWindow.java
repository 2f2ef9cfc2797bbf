package dev.headwater.features;

import dev.headwater.aggregate.WindowState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One window sliding along a tape: where it begins, and the values of what is in it. */
final class SlidingWindow {
  private final long width;
  private final List<WindowState> states;
  private long head;
  private long headChunk = -1;
  private Tape.@Nullable Chunk chunk;

  SlidingWindow(Window window, List<WindowState> states) {
    this.width = window.micros();
    this.states = states;
  }

  List<WindowState> states() {
    return states;
  }

  /** The number of the oldest event in it. */
  long head() {
    return head;
  }

  /** The time from which events are in it at {@code time}. */
  long start(long time) {
    long start = time - width;
    return start > time ? Long.MIN_VALUE : start;
  }

  /** Moves on to this time; events from number {@code fresh} on are new on the tape. */
  void slide(Tape tape, long fresh, long time) {
    long start = start(time);
    if (!drop(tape, fresh, start)) {
      // All that was in it has left; of the new events, those too old never enter.
      while (head < tape.end() && at(tape, head).times[index(head)] < start) {
        head++;
      }
    }
    for (long from = Math.max(head, fresh); from < tape.end(); ) {
      Tape.Chunk events = from == head ? at(tape, head) : tape.chunk(from);
      int first = index(from);
      int end = (int) Math.min(Tape.CHUNK, first + tape.end() - from);
      for (WindowState state : states) {
        state.add(events.lanes, first, end, from);
      }
      from += end - first;
    }
  }

  void clear() {
    head = 0;
    headChunk = -1;
    chunk = null;
    states.forEach(WindowState::clear);
  }

  /** Takes away what is too old among the events that are in; true if one of them stays. */
  private boolean drop(Tape tape, long fresh, long start) {
    while (head < fresh) {
      Tape.Chunk events = at(tape, head);
      int from = index(head);
      int end = (int) Math.min(Tape.CHUNK, from + fresh - head);
      int to = from;
      while (to < end && events.times[to] < start) {
        to++;
      }
      head += to - from;
      if (to > from) {
        for (WindowState state : states) {
          state.remove(events.lanes, from, to, head);
        }
      }
      if (to < end) {
        return true;
      }
    }
    return false;
  }

  private Tape.Chunk at(Tape tape, long number) {
    Tape.Chunk now = chunk;
    if (now == null || headChunk != number / Tape.CHUNK) {
      now = tape.chunk(number);
      chunk = now;
      headChunk = number / Tape.CHUNK;
    }
    return now;
  }

  private static int index(long number) {
    return (int) number & (Tape.CHUNK - 1);
  }
}
