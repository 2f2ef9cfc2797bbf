package dev.headwater.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class StalenessTest {
  @Test
  void aReleaseThatOnlyMendsMakesNothingStale() {
    assertThat(Staleness.sameStage("1", "1.0")).isTrue();
    assertThat(Staleness.sameStage("1", "1.0.7")).isTrue();
    assertThat(Staleness.sameStage("1.2.3", "1.2.10")).isTrue();
    assertThat(Staleness.sameStage("1.2.3", "1.20.3")).isFalse();
    assertThat(Staleness.sameStage("1", "1.1")).isFalse();
    assertThat(Staleness.sameStage("1.4", "2.4")).isFalse();
    assertThat(Staleness.sameStage("1", "10")).isFalse();
  }
}
