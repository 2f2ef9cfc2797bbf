package dev.headwater.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class Sum128Test {
  @Property
  void isTheRealSumOfLongs(@ForAll List<Long> values) {
    Sum128 sum = new Sum128();
    values.forEach(sum::add);
    assertThat(sum.toBigInteger()).isEqualTo(real(values));
  }

  @Property
  void forgetsWhatIsTakenAway(@ForAll List<Long> gone, @ForAll List<Long> stay) {
    Sum128 sum = new Sum128();
    gone.forEach(sum::add);
    stay.forEach(sum::add);
    gone.forEach(sum::subtract);
    assertThat(sum.toBigInteger()).isEqualTo(real(stay));
  }

  @Property
  void isTheRealMeanRoundedOnce(
      @ForAll List<Long> values, @ForAll @LongRange(min = 1) long divisor) {
    Sum128 sum = new Sum128();
    values.forEach(sum::add);
    BigDecimal mean =
        new BigDecimal(real(values)).divide(BigDecimal.valueOf(divisor), new MathContext(400));
    assertThat(sum.dividedBy(divisor)).isEqualTo(mean.doubleValue());
  }

  @Property
  void addsAndTakesAwayWholeDecimals(@ForAll long high, @ForAll long low, @ForAll long more) {
    Sum128 sum = new Sum128();
    sum.add(more);
    sum.add(high >> 2, low);
    assertThat(sum.toBigInteger())
        .isEqualTo(
            BigInteger.valueOf(high >> 2)
                .shiftLeft(64)
                .add(new BigInteger(Long.toUnsignedString(low)))
                .add(BigInteger.valueOf(more)));
    sum.subtract(high >> 2, low);
    assertThat(sum.toBigInteger()).isEqualTo(BigInteger.valueOf(more));
    assertThat(sum.fitsLong()).isTrue();
  }

  private static BigInteger real(List<Long> values) {
    return values.stream().map(BigInteger::valueOf).reduce(BigInteger.ZERO, BigInteger::add);
  }
}
