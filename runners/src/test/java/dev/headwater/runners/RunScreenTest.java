package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.pipelines.RunReport;
import dev.headwater.pipelines.StageResult;
import dev.headwater.pipelines.project.Target;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RunScreenTest {
  private static final Target FLIGHTS = new Target(Target.Kind.TABLE, "flights");
  private static final Target DELAYS = new Target(Target.Kind.FEATURES, "airport_delays");
  private static final Target LATE = new Target(Target.Kind.MODEL, "late");
  private static final StageResult INGESTED =
      StageResult.done(
          FLIGHTS,
          3_000_000,
          "2,999,871 kept, 129 letters",
          3.14,
          "snapshot " + StageResult.brief(5822000000000000041L),
          Map.of());

  private static final String ERASE = "\r\u001b[K";
  private static final String UP = "\u001b[1A\u001b[K";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private long nanos;

  @Test
  void aStagesLineIsReplacedByItsResult() {
    run(new Screen(stream(out), stream(err), true, false, false, false));
    assertThat(text(out)).isEqualTo(RESULT);
    assertThat(text(err))
        .isEqualTo(
            "\r\u001b[K  ingest    flights          first run"
                + "\r\u001b[K  ingest    flights          1,000,000 of 3,000,000 rows  500,000/s  4 s left"
                + "\r\u001b[K");
  }

  @Test
  void thoseSideBySideStandBelowEachOther() {
    RunScreen shown =
        new RunScreen(new Screen(stream(err), stream(err), true, false, false, false), () -> nanos);
    shown.started(FLIGHTS, "first run");
    shown.started(DELAYS, "x".repeat(60));
    String flights = "  ingest    flights          ";
    String delays = "  features  airport_delays   " + "x".repeat(49) + "…";
    String both = flights + "first run\n" + delays;
    assertThat(text(err)).isEqualTo(ERASE + flights + "first run" + ERASE + both);
    err.reset();
    nanos += 2_000_000_000;
    shown.advanced(FLIGHTS, 1_000_000, 3_000_000);
    String going = flights + "1,000,000 of 3,000,000 rows  500,000/s  4 s left\n";
    assertThat(text(err)).isEqualTo(ERASE + UP + going + delays);
    err.reset();
    shown.ended(StageResult.fresh(FLIGHTS, "fresh", ""));
    assertThat(text(err))
        .startsWith(ERASE + UP + "  ingest    flights                   fresh   fresh\n")
        .endsWith("\n" + ERASE + "  features  airport_delays   " + "x".repeat(60));
    err.reset();
    shown.ended(StageResult.fresh(DELAYS, "fresh", ""));
    assertThat(text(err)).startsWith(ERASE + "  features").endsWith("fresh\n");
  }

  @Test
  void withoutATerminalThereAreLines() {
    run(new Screen(stream(out), stream(err), false, false, false, false));
    assertThat(text(out)).isEqualTo(RESULT);
    assertThat(text(err)).isEqualTo("  ingest    flights         ...  first run\n");
  }

  @Test
  void quietHasOnlyFailures() {
    run(new Screen(stream(out), stream(err), true, false, false, true));
    assertThat(text(out)).isEmpty();
    assertThat(text(err))
        .isEqualTo(
            """
              train     late            failed after 0.5 s
                The catalog is locked.
                Fix: wait for the other run.
            """);
  }

  private static final String RESULT =
      """
      flights · dev · DirectRunner · 2 cores
        ingest    flights          3,000,000 rows   2,999,871 kept, 129 letters        3.1 s   snapshot 5822…41
        features  airport_delays            fresh   since 3 runs                               snapshot 7710…08
        train     late            failed after 0.5 s
          The catalog is locked.
          Fix: wait for the other run.

      late@1 <- flights@5822…41
      Next: headwater model show late · headwater drift why late
      """;

  private void run(Screen screen) {
    RunScreen shown = new RunScreen(screen, () -> nanos);
    shown.began(FakeLauncher.HEADER);
    shown.started(FLIGHTS, "first run");
    nanos += 50_000_000;
    shown.advanced(FLIGHTS, 10, 3_000_000);
    nanos += 1_950_000_000;
    shown.advanced(FLIGHTS, 1_000_000, 3_000_000);
    shown.ended(INGESTED);
    StageResult fresh = StageResult.fresh(DELAYS, "since 3 runs", "snapshot 7710…08");
    shown.ended(fresh);
    StageResult failed = StageResult.failed(LATE, 0.5, FakeLauncher.unreachable());
    shown.ended(failed);
    shown.end(
        new RunReport(
            FakeLauncher.HEADER,
            List.of(INGESTED, fresh, failed),
            List.of(),
            List.of("late@1 <- flights@5822…41"),
            List.of("headwater model show late", "headwater drift why late")));
  }

  private static PrintStream stream(ByteArrayOutputStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream from) {
    return from.toString(StandardCharsets.UTF_8);
  }
}
