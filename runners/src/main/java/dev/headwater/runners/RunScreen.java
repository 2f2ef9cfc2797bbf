package dev.headwater.runners;

import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.RunEvent;
import dev.headwater.pipelines.RunReport;
import dev.headwater.pipelines.StageResult;
import dev.headwater.pipelines.project.Target;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * A run on a screen: each stage has one line, live where err is a terminal, and replaced by its
 * result; those side by side stand below each other. Without a terminal, a line when a stage begins
 * and every ten seconds. Thread-safe.
 */
final class RunScreen implements Progress {
  private static final long EVERY_LIVE = 100_000_000L;
  private static final long EVERY_PLAIN = 10_000_000_000L;
  private static final String ERASE = "\r\u001b[K";
  private static final String UP = "\u001b[1A\u001b[K";

  /** A line that a terminal would break can't be drawn over; of a single one that hardly shows. */
  private static final int WIDTH = 79;

  private static final class Running {
    private final long begun;
    private long drawn;
    private String line;

    Running(long begun, String line) {
      this.begun = begun;
      this.drawn = begun;
      this.line = line;
    }
  }

  private final Screen screen;
  private final PrintStream results;
  private final LongSupplier clock;
  private final Map<Target, Running> running = new LinkedHashMap<>();
  private int drawn;

  /**
   * A run's screen.
   *
   * @param clock nanoseconds
   */
  RunScreen(Screen screen, LongSupplier clock) {
    this.screen = screen;
    this.clock = clock;
    // JSON has stdout for itself; the lines are progress then.
    this.results = screen.json() ? screen.err() : screen.out();
  }

  @Override
  public synchronized void on(RunEvent event) {
    if (screen.quiet()) {
      return;
    }
    if (event instanceof RunEvent.Began began) {
      results.println(began.header());
    } else if (event instanceof RunEvent.Started started) {
      String why = started.why().isEmpty() ? "" : "  " + started.why();
      String line = RunText.head(started.target()) + why;
      running.put(started.target(), new Running(clock.getAsLong(), line));
      if (screen.live()) {
        draw();
      } else {
        screen.err().println(RunText.head(started.target()) + " ..." + why);
      }
    } else if (event instanceof RunEvent.Advanced advanced) {
      advanced(advanced.target(), now -> RunText.going(advanced, now));
    } else if (event instanceof RunEvent.Waits waits) {
      erase();
      screen.err().println(RunText.head(waits.target()) + "  " + waits.why());
      drawOthers();
    } else if (event instanceof RunEvent.Streamed streamed) {
      advanced(streamed.target(), now -> RunText.going(streamed));
    } else if (event instanceof RunEvent.Upkept upkept) {
      erase();
      RunText.lines(upkept.step(), screen.colour()).forEach(results::println);
      drawOthers();
    } else if (event instanceof RunEvent.Ended ended) {
      running.remove(ended.result().target());
      erase();
      RunText.lines(ended.result(), screen.colour()).forEach(results::println);
      drawOthers();
    }
    results.flush();
  }

  /** What follows the stages' lines: the way back, and what to do next. */
  void end(RunReport report) {
    erase();
    if (screen.json()) {
      Json.print(screen.out(), RunText.data(report));
      return;
    }
    if (screen.quiet()) {
      report.stages().stream()
          .filter(s -> s.status() == StageResult.Status.FAILED)
          .flatMap(s -> RunText.lines(s, false).stream())
          .forEach(screen.err()::println);
      report.upkeep().stream()
          .filter(s -> s.failure() != null)
          .flatMap(s -> RunText.lines(s, false).stream())
          .forEach(screen.err()::println);
      return;
    }
    RunText.ending(report).forEach(results::println);
    results.flush();
  }

  private void advanced(Target target, LongFunction<String> since) {
    Running stage = running.get(target);
    long now = clock.getAsLong();
    if (stage == null || now - stage.drawn < (screen.live() ? EVERY_LIVE : EVERY_PLAIN)) {
      return;
    }
    String going = since.apply(now - stage.begun);
    if (going.isEmpty()) {
      return;
    }
    stage.drawn = now;
    stage.line = RunText.head(target) + going;
    if (screen.live()) {
      draw();
    } else {
      screen.err().println(stage.line);
    }
  }

  /** A line of its own, where results are shown. */
  synchronized void line(String text) {
    if (!screen.quiet()) {
      erase();
      results.println(text);
    }
  }

  /** What goes on while no stage runs, where a line can be drawn over. */
  synchronized void status(String text) {
    erase();
    if (screen.live() && !screen.quiet() && !text.isEmpty()) {
      draw(List.of(text));
    }
  }

  /** How far something is: drawn over where that can be, otherwise a line of its own. */
  synchronized void progress(String text) {
    if (screen.live()) {
      status(text);
    } else if (!screen.quiet()) {
      screen.err().println(text);
    }
  }

  /** The lines of all stages that run. */
  private void draw() {
    draw(running.values().stream().map(stage -> stage.line).toList());
  }

  /** What stands below a line that was just printed. */
  private void drawOthers() {
    results.flush();
    if (screen.live() && !running.isEmpty()) {
      draw();
    }
  }

  private void draw(List<String> lines) {
    String all =
        lines.size() == 1
            ? lines.get(0)
            : lines.stream()
                .map(line -> line.length() > WIDTH ? line.substring(0, WIDTH - 1) + "…" : line)
                .collect(Collectors.joining("\n"));
    screen.err().print(erasing() + all);
    screen.err().flush();
    drawn = lines.size();
  }

  private void erase() {
    if (drawn > 0) {
      screen.err().print(erasing());
      screen.err().flush();
      drawn = 0;
    }
  }

  private String erasing() {
    return ERASE + UP.repeat(Math.max(0, drawn - 1));
  }

  static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }
}
