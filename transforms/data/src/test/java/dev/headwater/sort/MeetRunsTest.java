package dev.headwater.sort;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** That Flink deals them out evenly is tested where there is a Flink. */
final class MeetRunsTest {
  @Test
  void eachShardHasAKeyOfItsOwn() {
    assertThat(IntStream.range(0, 100_000).map(MeetRuns::key).distinct().count())
        .isEqualTo(100_000);
  }
}
