package dev.headwater.columns.expr;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.iceberg.expressions.Evaluator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PruningTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          delay > 15 | ref(name="delay") > 15
          not delay > 15 | ref(name="delay") <= 15
          distance <= 10 and origin = 'SFO' | (ref(name="distance") <= 10 and ref(name="origin") == "SFO")
          distance > 3000000000 or late | (ref(name="distance") > 3000000000 or ref(name="late") == true)
          delay + 1 > 2 | true
          delay > 15 and delay + 1 > 2 | ref(name="delay") > 15
          delay > 15 or delay + 1 > 2 | true
          date >= '1970-01-01 00:00:01' | ref(name="date") >= 1000000
          day >= '1970-01-02' | ref(name="day") >= 1
          day > timestamp '1970-01-02 12:00' | ref(name="day") >= 2
          day < timestamp '1970-01-02 12:00' | ref(name="day") <= 1
          delay is not null | not_null(ref(name="delay"))
          origin like 'SF%' | ref(name="origin") startsWith ""SF""
          delay between 1 and 2 | (ref(name="delay") >= 1 and ref(name="delay") <= 2)
          delay in (1, 2) | (ref(name="delay") == 1 or ref(name="delay") == 2)
          not value > 1 | true
          value >= 0 | ref(name="value") >= -0.0
          1 = 2 | false
          """)
  void keepsEveryMatch(String sql, String expected) {
    Expression expression = Expression.parse(sql, Flights.SCHEMA);
    assertThat(Pruning.of(expression)).hasToString(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          delay > 15 | (is_null(ref(name="delay")) or ref(name="delay") <= 15)
          delay > 15 and origin = 'SFO' | ((is_null(ref(name="delay")) or ref(name="delay") <= 15) or (is_null(ref(name="origin")) or ref(name="origin") != "SFO"))
          delay is null or late | (not_null(ref(name="delay")) and (is_null(ref(name="late")) or ref(name="late") == false))
          delay is not null | is_null(ref(name="delay"))
          day >= '1970-01-02' | (is_null(ref(name="day")) or ref(name="day") < 1)
          delay in (1, 2) | (is_null(ref(name="delay")) or (ref(name="delay") != 1 and ref(name="delay") != 2))
          delay in (1, null) | true
          delay = null | true
          not delay > 15 | true
          value > 1 | true
          delay + 1 > 2 | true
          origin like 'S%' | true
          true | false
          1 = 2 | true
          """)
  void keepsEveryRowThatDoesNotMatch(String sql, String expected) {
    Expression expression = Expression.parse(sql, Flights.SCHEMA);
    assertThat(Pruning.others(expression)).hasToString(expected);
  }

  @Test
  void bindsToTheSchema() {
    String sql =
        "distance > 3000000000 and day >= '2001-06-01' and date < '2001-07-01' and seat.row = 3"
            + " and fare >= 1 and seen > '2001-06-01' and value <= 0 and not late";
    Expression expression = Expression.parse(sql, Flights.SCHEMA);
    assertThat(new Evaluator(Flights.SCHEMA.asStruct(), Pruning.of(expression), true)).isNotNull();
  }
}
