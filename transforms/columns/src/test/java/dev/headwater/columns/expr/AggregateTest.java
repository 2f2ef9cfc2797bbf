package dev.headwater.columns.expr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AggregateTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          count(*) | COUNT | long | count(*)
          count(delay) | COUNT | long | count("delay")
          avg(DELAY) | AVG | double | avg("delay")
          sum(distance) | SUM | long | sum("distance")
          sum(fare) | SUM | decimal(38, 2) | sum("fare")
          sum(value) | SUM | double | sum("value")
          min(origin) | MIN | string | min("origin")
          max(date) | MAX | timestamp | max("date")
          share(delay > 15) | SHARE | double | share(("delay" > 15))
          stddev(delay) | STDDEV | double | stddev("delay")
          count(*) filter (where late) | COUNT | long | count(*) FILTER (WHERE "late")
          """)
  void knowsItsTypeAndItsOneText(String sql, String function, String type, String canonical) {
    Aggregate aggregate = Aggregate.parse(sql, Flights.SCHEMA);
    assertThat(aggregate.function()).hasToString(function);
    assertThat(aggregate.type()).hasToString(type);
    assertThat(aggregate.canonical()).isEqualTo(canonical);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          delay | an aggregate is wanted: one of avg, count
          avg(delay) + 1 | an aggregate is wanted
          avgg(delay) | no aggregate 'avgg'. Did you mean 'avg'?
          avg(origin) | avg takes a number, not string.
          share(delay) | share takes a condition (boolean), not long.
          avg(dely) | no column 'dely'. Did you mean 'delay'?
          count(distinct delay) | count takes no DISTINCT, OVER or ORDER BY.
          sum() | sum takes 1 argument, not 0.
          count(*) filter (where delay) | FILTER takes a condition, not long.
          """)
  void saysWhatIsWrong(String sql, String what) {
    assertThatThrownBy(() -> Aggregate.parse(sql, Flights.SCHEMA))
        .isInstanceOf(ExpressionException.class)
        .hasMessageContaining(what);
  }
}
