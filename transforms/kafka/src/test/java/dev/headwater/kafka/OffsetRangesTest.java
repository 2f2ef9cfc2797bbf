package dev.headwater.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.kafka.OffsetRanges.Range;
import org.junit.jupiter.api.Test;

final class OffsetRangesTest {
  @Test
  void rangesThatTouchBecomeOneInAnyOrder() {
    OffsetRanges ranges =
        OffsetRanges.of(
            new Range(0, 5, 9), new Range(1, 0, 2), new Range(0, 0, 3), new Range(0, 3, 5));
    assertThat(ranges.all()).containsExactly(new Range(0, 0, 9), new Range(1, 0, 2));
    assertThat(ranges.size()).isEqualTo(11);
    assertThat(ranges.and(OffsetRanges.of(new Range(0, 12, 13))).all())
        .containsExactly(new Range(0, 0, 9), new Range(0, 12, 13), new Range(1, 0, 2));
  }

  @Test
  void emptyRangesAreNone() {
    assertThat(OffsetRanges.of(new Range(0, 7, 7))).isEqualTo(OffsetRanges.NONE);
  }

  @Test
  void rangesNeverOverlap() {
    OffsetRanges ranges = OffsetRanges.of(new Range(0, 10, 20));
    for (Range other :
        new Range[] {new Range(0, 19, 25), new Range(0, 5, 11), new Range(0, 5, 30)}) {
      assertThatThrownBy(() -> ranges.and(OffsetRanges.of(other)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(ranges.and(OffsetRanges.of(new Range(1, 19, 25))).size()).isEqualTo(16);
  }
}
