package dev.headwater.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.aggregate.Aggregation;
import dev.headwater.aggregate.ResultColumn;
import dev.headwater.aggregate.WindowState;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.expr.Aggregate;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

class TapeTest {
  private static final int EVENTS = 20 * Tape.CHUNK + 17;

  @Test
  void windowsSlideOverEventsThatWaitInAFile() throws IOException {
    SlidingWindow wide =
        new SlidingWindow(new Window("wide", EVENTS / 2), windows("count(x)", "max(x)"));
    SlidingWindow narrow = new SlidingWindow(new Window("narrow", 3), windows("count(x)"));
    ResultColumn count = new ResultColumn(Types.LongType.get());
    try (Tape tape = new Tape(2, 1)) {
      // All events come at once, as for a point long after the one before.
      for (int i = 0; i < EVENTS; i++) {
        Tape.Chunk chunk = tape.append(i);
        int at = i & (Tape.CHUNK - 1);
        chunk.lanes[0][at] = 1;
        chunk.lanes[1][at] = (long) EVENTS - i;
      }
      long fresh = 0;
      for (long time = EVENTS; time < 2L * EVENTS; time += 1_001) {
        wide.slide(tape, fresh, time);
        narrow.slide(tape, fresh, time);
        fresh = tape.end();
        tape.trim(Math.min(wide.head(), narrow.head()));
        long first = Math.min(EVENTS, time - EVENTS / 2);
        wide.states().get(0).emit(count, 0);
        wide.states().get(1).emit(count, 1);
        narrow.states().get(0).emit(count, 2);
        var row = (LongColumn) count.build(3);
        assertThat(row.values()[0]).isEqualTo(EVENTS - first);
        assertThat(row.values()[1]).isEqualTo(first < EVENTS ? EVENTS - first : 0);
        assertThat(row.values()[2]).isEqualTo(Math.max(0, Math.min(EVENTS, EVENTS + 3 - time)));
      }
    }
  }

  private static List<WindowState> windows(String... aggregates) {
    Schema schema = new Schema(Types.NestedField.optional(1, "x", Types.LongType.get()));
    return new Aggregation(
            "A test", Stream.of(aggregates).map(a -> Aggregate.parse(a, schema)).toList())
        .windows();
  }
}
