package dev.headwater.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ExactSumTest {
  private static final MathContext ENOUGH = new MathContext(2_500);

  @Property(tries = 2_000)
  void isTheRealSumRoundedOnce(@ForAll @Size(max = 40) List<Long> bits) {
    List<Double> values = finite(bits);
    ExactSum sum = sum(values);
    assertThat(sum.value()).isEqualTo(real(values).doubleValue() + 0.0);
  }

  @Property(tries = 2_000)
  void isTheRealMeanRoundedOnce(
      @ForAll @Size(max = 20) List<Long> bits, @ForAll @LongRange(min = 1) long divisor) {
    List<Double> values = finite(bits);
    double expected = real(values).divide(BigDecimal.valueOf(divisor), ENOUGH).doubleValue();
    assertThat(sum(values).dividedBy(divisor)).isEqualTo(expected + 0.0);
  }

  @Property(tries = 500)
  void doesNotDependOnTheOrder(@ForAll @Size(max = 60) List<Double> values, @ForAll long seed) {
    List<Double> other = new ArrayList<>(values);
    Collections.shuffle(other, new Random(seed));
    assertThat(sum(other).value()).isEqualTo(sum(values).value());
    assertThat(sum(other).dividedBy(7)).isEqualTo(sum(values).dividedBy(7));
  }

  @Property(tries = 500)
  void forgetsWhatIsTakenAway(
      @ForAll @Size(max = 60) List<Long> gone, @ForAll @Size(max = 20) List<Double> stay) {
    ExactSum sum = new ExactSum();
    gone.forEach(bits -> sum.add(Double.longBitsToDouble(bits)));
    stay.forEach(sum::add);
    gone.forEach(bits -> sum.subtract(Double.longBitsToDouble(bits)));
    assertThat(sum.value()).isEqualTo(sum(stay).value());
    assertThat(sum.dividedBy(3)).isEqualTo(sum(stay).dividedBy(3));
  }

  @Test
  void carriesManyLargeAndSmallValues() {
    ExactSum sum = new ExactSum();
    for (int i = 0; i < 100_000; i++) {
      sum.add(Double.MAX_VALUE);
      sum.add(Double.MIN_VALUE);
    }
    assertThat(sum.value()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(sum.dividedBy(100_000)).isEqualTo(Double.MAX_VALUE);
    for (int i = 0; i < 100_000; i++) {
      sum.subtract(Double.MAX_VALUE);
    }
    assertThat(sum.value()).isEqualTo(100_000 * Double.MIN_VALUE);
  }

  @Test
  void oneNaNThatLeavesTakesItsEffectAlong() {
    ExactSum sum = sum(List.of(1.5, Double.NaN, Double.POSITIVE_INFINITY));
    assertThat(sum.value()).isNaN();
    sum.subtract(Double.NaN);
    assertThat(sum.value()).isEqualTo(Double.POSITIVE_INFINITY);
    sum.add(Double.NEGATIVE_INFINITY);
    assertThat(sum.value()).isNaN();
    sum.subtract(Double.POSITIVE_INFINITY);
    sum.subtract(Double.NEGATIVE_INFINITY);
    assertThat(sum.value()).isEqualTo(1.5);
  }

  private static ExactSum sum(List<Double> values) {
    ExactSum sum = new ExactSum();
    values.forEach(sum::add);
    return sum;
  }

  private static List<Double> finite(List<Long> bits) {
    return bits.stream().map(Double::longBitsToDouble).filter(Double::isFinite).toList();
  }

  private static BigDecimal real(List<Double> values) {
    return values.stream().map(BigDecimal::new).reduce(BigDecimal.ZERO, BigDecimal::add);
  }
}
