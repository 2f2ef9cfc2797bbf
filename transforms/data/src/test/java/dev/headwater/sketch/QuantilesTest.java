package dev.headwater.sketch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How far quantiles are off. */
final class QuantilesTest {
  private static final int SKETCHES = 100;
  private static final int ROWS = 150_000;

  private static long[] values(long seed) {
    return new Random(seed).longs(ROWS).toArray();
  }

  private static Quantiles sketch(long[] values, int from, int to, int batch) {
    Quantiles out = new Quantiles();
    for (int at = from; at < to; at += batch) {
      long[] part = Arrays.copyOfRange(values, at, Math.min(to, at + batch));
      long[] ones = new long[part.length];
      Arrays.fill(ones, 1);
      out.addAll(part, ones, part.length);
    }
    return out;
  }

  /** The largest distance of 99 quantiles from the rank they should have, as a share. */
  private static double error(Quantiles sketch, long[] values) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    Ranked ranked = sketch.ranked();
    assertThat(ranked.rows()).isEqualTo(values.length);
    double worst = 0;
    for (int i = 1; i < 100; i++) {
      Long key = ranked.at(i / 100.0);
      int at = Arrays.binarySearch(sorted, key == null ? 0 : key);
      worst = Math.max(worst, Math.abs((at + 1.0) / values.length - i / 100.0));
    }
    return worst;
  }

  @Test
  void areWithinTheStatedErrorInNinetyNineOfHundred() {
    int beyond = 0;
    for (int seed = 0; seed < SKETCHES; seed++) {
      long[] values = values(seed);
      beyond += error(sketch(values, 0, ROWS, 8_192), values) > Quantiles.ERROR ? 1 : 0;
    }
    assertThat(beyond).isLessThanOrEqualTo(1);
  }

  @Test
  void areWithinItWhereManyAreMerged() {
    int beyond = 0;
    for (int seed = 0; seed < SKETCHES / 2; seed++) {
      long[] values = values(seed);
      Quantiles all = new Quantiles();
      for (int part = 0; part < 30; part++) {
        all.merge(sketch(values, part * ROWS / 30, (part + 1) * ROWS / 30, 1_000));
      }
      beyond += error(all, values) > Quantiles.ERROR ? 1 : 0;
    }
    assertThat(beyond).isLessThanOrEqualTo(1);
  }

  @Test
  void sortedRowsAreNoWorse() {
    int beyond = 0;
    for (int seed = 0; seed < SKETCHES / 2; seed++) {
      long[] values = values(seed);
      Arrays.sort(values);
      beyond += error(sketch(values, 0, ROWS, 8_192), values) > Quantiles.ERROR ? 1 : 0;
    }
    assertThat(beyond).isLessThanOrEqualTo(1);
  }

  @Test
  void weightsCountAsRows() {
    Random random = new Random(7);
    int n = 20_000;
    long[] keys = new long[n];
    long[] weights = new long[n];
    long rows = 0;
    for (int i = 0; i < n; i++) {
      keys[i] = i;
      weights[i] = 1L + (random.nextInt(100) == 0 ? random.nextInt(100_000) : random.nextInt(30));
      rows += weights[i];
    }
    Quantiles sketch = new Quantiles();
    for (int from = 0; from < n; from += 5_000) {
      sketch.addAll(
          Arrays.copyOfRange(keys, from, from + 5_000),
          Arrays.copyOfRange(weights, from, from + 5_000),
          5_000);
    }
    Ranked ranked = sketch.ranked();
    assertThat(ranked.rows()).isEqualTo(rows);
    long upTo = 0;
    for (int i = 0; i < n; i++) {
      upTo += weights[i];
      assertThat((double) ranked.rank(keys[i]) / rows)
          .isBetween((double) upTo / rows - 0.02, (double) upTo / rows + 0.02);
    }
  }

  @Test
  void equalInputGivesEqualBytes() throws IOException {
    long[] values = values(3);
    assertThat(bytes(sketch(values, 0, ROWS, 8_192)))
        .isEqualTo(bytes(sketch(values, 0, ROWS, 8_192)));
  }

  @Test
  void isAsSmallAsSaid() throws IOException {
    byte[] bytes = bytes(sketch(values(1), 0, ROWS, 8_192));
    assertThat(bytes.length).isLessThan(8 * 1_024);
    Quantiles back = Quantiles.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    assertThat(bytes(back)).isEqualTo(bytes);
  }

  private static byte[] bytes(Quantiles sketch) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    sketch.write(new DataOutputStream(out));
    return out.toByteArray();
  }
}
