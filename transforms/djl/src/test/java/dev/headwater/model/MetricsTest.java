package dev.headwater.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class MetricsTest {
  @Property(tries = 200)
  void areWhatAllPairsSay(
      @ForAll @Size(min = 2, max = 60) List<@IntRange(min = 1, max = 9) Integer> tenths) {
    Metrics.Collector collector = new Metrics.Collector();
    double wins = 0;
    long pairs = 0;
    double loss = 0;
    long positives = 0;
    for (int i = 0; i < tenths.size(); i++) {
      double p = tenths.get(i) / 10.0;
      boolean label = i % 3 == 0;
      collector.add(p, label);
      loss -= Math.log(label ? p : 1 - p);
      positives += label ? 1 : 0;
      for (int j = 0; label && j < tenths.size(); j++) {
        if (j % 3 != 0) {
          wins += tenths.get(j) < tenths.get(i) ? 1 : tenths.get(j).equals(tenths.get(i)) ? .5 : 0;
          pairs++;
        }
      }
    }
    Metrics metrics = collector.metrics();
    assertThat(metrics.rows()).isEqualTo(tenths.size());
    assertThat(metrics.auc()).isCloseTo(wins / pairs, within(1e-12));
    assertThat(metrics.logLoss()).isCloseTo(loss / tenths.size(), within(1e-12));
    assertThat(metrics.baseRate()).isEqualTo((double) positives / tenths.size());
  }
}
