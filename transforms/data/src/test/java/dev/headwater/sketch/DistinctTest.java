package dev.headwater.sketch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.apache.datasketches.common.Family;
import org.apache.datasketches.theta.UpdateSketch;
import org.junit.jupiter.api.Test;

final class DistinctTest {
  @Test
  void aPartOfAnArrayCountsAsOthersCountIt() {
    Random random = new Random(1);
    byte[] data = new byte[100];
    Distinct ours = new Distinct();
    UpdateSketch others = UpdateSketch.builder().setFamily(Family.ALPHA).build();
    for (int i = 0; i < 20_000; i++) {
      random.nextBytes(data);
      int from = i % 50;
      int to = from + 1 + i % 43;
      ours.update(data, from, to);
      others.update(Arrays.copyOfRange(data, from, to));
    }
    assertThat(ours.toBytes()).isEqualTo(others.compact().toByteArray());
    assertThat(ours.exact()).isFalse();
  }
}
