package dev.headwater.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import java.net.ConnectException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class TimeLimitTest {
  private static String sleep(long millis) {
    try {
      Thread.sleep(millis);
      return "slept";
    } catch (InterruptedException e) {
      throw new IllegalStateException("woken", e);
    }
  }

  @Test
  void workThatTakesTooLongIsWokenAndTold() {
    assertThat(TimeLimit.within(Duration.ofMinutes(1), "run late", () -> sleep(1)))
        .isEqualTo("slept");
    long began = System.nanoTime();
    assertThatThrownBy(
            () -> TimeLimit.within(Duration.ofMillis(50), "run late", () -> sleep(60_000)))
        .isInstanceOf(TimeLimit.OverException.class)
        .hasMessageStartingWith("Cannot run late within 0 h: its time is over.")
        .hasRootCauseInstanceOf(InterruptedException.class);
    assertThat(System.nanoTime() - began).isLessThan(Duration.ofSeconds(20).toNanos());
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void whatEndsByItselfCountsAndWhatFailsInTimeIsToldAsItIs() {
    String late =
        TimeLimit.within(
            Duration.ofMillis(20),
            "run late",
            () -> {
              try {
                return sleep(60_000);
              } catch (IllegalStateException e) {
                return "done all the same";
              }
            });
    assertThat(late).isEqualTo("done all the same");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThatThrownBy(
            () ->
                TimeLimit.within(
                    Duration.ofMinutes(1),
                    "run late",
                    () -> {
                      throw new IllegalStateException("wrong");
                    }))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("wrong");
  }

  @Test
  void onlyWhatMayPassIsTriedAgain() {
    assertThat(passes(new IllegalStateException(new ConnectException("refused")))).isTrue();
    assertThat(passes(new IllegalStateException(new SQLException("gone", "08006")))).isTrue();
    assertThat(passes(new IllegalStateException(new SQLException("no column", "42703")))).isFalse();
    assertThat(passes(new IllegalArgumentException("a user's class"))).isFalse();
    assertThat(
            passes(
                new IllegalStateException(
                    new FileSystemException("a", null, "No space left on device"))))
        .isFalse();
    for (HeadwaterException.Kind kind : HeadwaterException.Kind.values()) {
      assertThat(passes(new HeadwaterException(kind, "It is so.", "mend it.")))
          .as(kind.name())
          .isEqualTo(kind == HeadwaterException.Kind.UNREACHABLE);
    }
    assertThat(passes(new OutcomeUnknownException("Nobody knows.", "wait.", null))).isFalse();
  }

  private static boolean passes(RuntimeException thrown) {
    return FailureClass.passes(Failure.of(thrown, "run late", Path.of("home")));
  }
}
