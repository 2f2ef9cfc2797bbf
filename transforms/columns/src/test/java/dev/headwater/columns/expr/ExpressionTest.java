package dev.headwater.columns.expr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.columns.DictionaryColumn;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpressionTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = TABLE)
  void givesAValueForEachRow(String sql, String type, String expected) {
    Expression expression = Expression.parse(sql, Flights.SCHEMA);
    String values =
        Flights.values(sql).stream().map(String::valueOf).collect(Collectors.joining(", "));
    assertThat(expression.type()).hasToString(type);
    assertThat(values).isEqualTo(expected);
  }

  private static final String TABLE =
      """
      delay > 15 | boolean | true, false, false, null
      15 < delay | boolean | true, false, false, null
      delay >= 15.5 | boolean | true, false, false, null
      delay = 16.0 | boolean | true, false, false, null
      delay = 16.5 | boolean | false, false, false, null
      delay <> 16.5 | boolean | true, true, true, null
      delay < -2.5 | boolean | false, true, false, null
      distance = delay | boolean | false, false, false, null
      value > 1 | boolean | true, false, false, null
      value <> value | boolean | false, true, false, null
      value = 0 | boolean | false, false, true, null
      date >= '2001-06-02' | boolean | false, true, false, null
      date >= date '2001-06-02' | boolean | false, true, false, null
      day = '2001-06-01' | boolean | true, false, false, null
      day < timestamp '2001-06-01 00:00:01' | boolean | true, false, true, null
      seen < timestamp '2001-06-01 06:30:00.000001 UTC' | boolean | true, false, true, null
      origin = 'SFO' | boolean | true, false, true, null
      origin < 'K' | boolean | false, true, false, null
      origin = text | boolean | false, false, false, null
      late | boolean | true, false, true, null
      not late | boolean | false, true, false, null
      late = (delay > 15) | boolean | true, true, false, null
      late and delay > 15 | boolean | true, false, false, null
      late or delay is null | boolean | true, false, true, true
      late and null | boolean | null, false, null, null
      late or null | boolean | true, null, true, null
      delay is null | boolean | false, false, false, true
      delay is not null and date is not null | boolean | true, true, true, false
      delay is distinct from 16 | boolean | false, true, true, true
      delay is not distinct from null | boolean | false, false, false, true
      null = 1 | boolean | null, null, null, null
      delay between 0 and 20 | boolean | true, false, true, null
      date between '2001-06-01' and '2001-06-02' | boolean | true, false, false, null
      delay in (16, 0) | boolean | true, false, true, null
      delay in (16, null) | boolean | true, null, null, null
      delay not in (16, null) | boolean | false, null, null, null
      origin in ('SFO', 'LAX') | boolean | true, false, true, null
      text in ('12', origin) | boolean | true, false, false, null
      value in (0, 1.5) | boolean | true, false, true, null
      fare in (123.45) | boolean | true, false, false, null
      day in ('2001-06-01') | boolean | true, false, false, null
      origin like 'S%' | boolean | true, false, true, null
      origin like '_f_' | boolean | false, true, false, null
      text like '%!%%' escape '!' | boolean | false, true, false, null
      text not like '%x%' | boolean | true, false, true, null
      lower(origin) like '%fo' | boolean | true, false, true, null
      delay + 1 | long | 17, -2, 1, null
      distance + 1 | int | 101, 8, 2000000001, null
      distance + delay | long | 116, 4, 2000000000, null
      delay / 2 | long | 8, -1, 0, null
      delay % 5 | long | 1, -3, 0, null
      -delay | long | -16, 3, 0, null
      +distance | int | 100, 7, 2000000000, null
      delay * 0.5 | decimal(20, 1) | 8.0, -1.5, 0.0, null
      delay * 5e-1 | double | 8.0, -1.5, 0.0, null
      1 / value | double | 0.6666666666666666, NaN, -Infinity, null
      7 / 2 | int | 3, 3, 3, 3
      7.0 / 2 | decimal(2, 1) | 3.5, 3.5, 3.5, 3.5
      fare + 1 | decimal(13, 2) | 124.45, 0.50, 1.00, null
      fare * fare | decimal(18, 4) | 15239.9025, 0.2500, 0.0000, null
      fare / 3 | decimal(9, 2) | 41.15, -0.17, 0.00, null
      fare > 1 | boolean | true, false, false, null
      fare + value | double | 124.95, NaN, 0.0, null
      case when delay > 15 then 'late' when delay < 0 then 'early' else 'fine' end | string | late, early, fine, fine
      case origin when 'SFO' then 1 when 'Jfk' then 2 end | int | 1, 2, 1, null
      case when delay <> 0 then 16 / delay else -1 end | long | 1, -5, -1, -1
      delay <> 0 and 16 / delay > 0 | boolean | true, false, false, null
      if(delay > 0, delay, 1.5) | decimal(20, 1) | 16.0, 1.5, 1.5, 1.5
      if(late, date) | timestamp | 2001-06-01 06:30:00, null, 1969-12-31 00:00:00, null
      coalesce(delay, 7) | long | 16, -3, 0, 7
      coalesce(null, origin, 'none') | string | SFO, Jfk, SFO, none
      coalesce(date, '2000-01-01') | timestamp | 2001-06-01 06:30:00, 2001-06-02 23:59:59.500, 1969-12-31 00:00:00, 2000-01-01 00:00:00
      nullif(delay, 0) | long | 16, -3, null, null
      try(16 / delay) | long | 1, -5, null, null
      try_cast(text as bigint) | long | 12, null, null, null
      cast(delay as double) | double | 16.0, -3.0, 0.0, null
      cast(delay as varchar) | string | 16, -3, 0, null
      cast(fare as int) | int | 123, -1, 0, null
      cast(2.5e0 as bigint) | long | 3, 3, 3, 3
      cast(date as date) | date | 2001-06-01, 2001-06-02, 1969-12-31, null
      cast(day as timestamp) | timestamp | 2001-06-01 00:00:00, 2001-06-02 00:00:00, 1969-12-31 00:00:00, null
      cast(date as time) | time | 06:30:00, 23:59:59.500, 00:00:00, null
      cast(delay as decimal(5,1)) | decimal(5, 1) | 16.0, -3.0, 0.0, null
      cast(delay as boolean) | boolean | true, true, false, null
      cast(date as varchar) | string | 2001-06-01 06:30:00, 2001-06-02 23:59:59.500, 1969-12-31 00:00:00, null
      concat(lower(origin), '!') | string | sfo!, jfk!, sfo!, null
      concat(origin, '-', distance) | string | SFO-100, Jfk-7, SFO-2000000000, null
      upper(text) | string | 12, X%Y, ÜNÏ , null
      length(text) | long | 2, 3, 4, null
      concat(trim(text), '!') | string | 12!, x%y!, ünï!, null
      trim(both 'x' from text) | string | 12, %y, ünï , null
      substr(text, 2) | string | 2, %y, nï , null
      substring(text, -2, 1) | string | 1, %, ï, null
      replace(text, '%', '') | string | 12, xy, ünï , null
      reverse(origin) | string | OFS, kfJ, OFS, null
      starts_with(origin, 'S') | boolean | true, false, true, null
      strpos(origin, 'f') | long | 0, 2, 0, null
      split_part(text, '%', 2) | string | null, y, null, null
      lpad(text, 4, '0') | string | 0012, 0x%y, ünï , null
      rpad(text, 3, 'ab') | string | 12a, x%y, ünï, null
      abs(delay) | long | 16, 3, 0, null
      sign(delay) | long | 1, -1, 0, null
      floor(fare) | decimal(8, 0) | 123, -1, 0, null
      round(fare, 1) | decimal(9, 2) | 123.50, -0.50, 0.00, null
      round(value) | double | 2.0, NaN, -0.0, null
      round(2.675e0, 2) | double | 2.68, 2.68, 2.68, 2.68
      sqrt(delay) | double | 4.0, NaN, 0.0, null
      log2(delay) | double | 4.0, NaN, -Infinity, null
      power(2, 10) | double | 1024.0, 1024.0, 1024.0, 1024.0
      mod(distance, 7) | int | 2, 0, 5, null
      greatest(delay, 0, distance) | long | 100, 7, 2000000000, null
      least(value, 1) | double | 1.0, NaN, -0.0, null
      is_nan(value) | boolean | false, true, false, null
      is_finite(value) | boolean | true, false, true, null
      extract(hour from date) | long | 6, 23, 0, null
      extract(dow from date) | long | 5, 6, 3, null
      extract(year from day) | long | 2001, 2001, 1969, null
      quarter(date) | long | 2, 2, 4, null
      week(date) | long | 22, 22, 1, null
      doy(date) | long | 152, 153, 365, null
      minute(date) | long | 30, 59, 0, null
      second(date) | long | 0, 59, 0, null
      date + interval '6' hour | timestamp | 2001-06-01 12:30:00, 2001-06-03 05:59:59.500, 1969-12-31 06:00:00, null
      date - interval '1' month | timestamp | 2001-05-01 06:30:00, 2001-05-02 23:59:59.500, 1969-11-30 00:00:00, null
      day + interval '1' day | date | 2001-06-02, 2001-06-03, 1970-01-01, null
      day + interval '1' hour | timestamp | 2001-06-01 01:00:00, 2001-06-02 01:00:00, 1969-12-31 01:00:00, null
      date - timestamp '2001-06-01' < interval '1' day | boolean | true, false, true, null
      (date - timestamp '2001-06-01') / interval '1' hour | double | 6.5, 47.99986111111111, -275400.0, null
      date_trunc('hour', date) | timestamp | 2001-06-01 06:00:00, 2001-06-02 23:00:00, 1969-12-31 00:00:00, null
      date_trunc('week', date) | timestamp | 2001-05-28 00:00:00, 2001-05-28 00:00:00, 1969-12-29 00:00:00, null
      date_trunc('quarter', day) | date | 2001-04-01, 2001-04-01, 1969-10-01, null
      date_diff('hour', date '2001-06-01', date) | long | 6, 47, -275400, null
      date_diff('month', day, '2001-07-01') | long | 1, 0, 378, null
      date_add('day', 1, day) | date | 2001-06-02, 2001-06-03, 1970-01-01, null
      to_unixtime(date) | double | 9.91377E8, 9.915263995E8, -86400.0, null
      from_unixtime(to_unixtime(date)) = date | boolean | true, true, true, null
      extract(hour from seen at time zone 'America/New_York') | long | 2, 19, 19, null
      seat.row + 1 | int | 4, 5, 6, null
      SEAT.ROW | int | 3, 4, 5, null
      "Odd Name" * 2 | long | 2, 4, 6, null
      DELAY | long | 16, -3, 0, null
      date /* when */ is null -- it is | boolean | false, false, false, true
      value is null and day is null | boolean | false, false, false, true
      """;

  @Test
  void namesTheNearestColumn() {
    assertThatThrownBy(() -> Expression.parse("orgin = 'SFO'", Flights.SCHEMA))
        .isInstanceOf(ExpressionException.class)
        .hasMessage("In `orgin = 'SFO'`, column 1: no column 'orgin'. Did you mean 'origin'?");
  }

  @Test
  void reportsAllMistakesAtOnce() {
    String sql = "dely > 15\n and lowr(origin) = 'x'\n and delay > 'x' and date > 'soon'";
    assertThatThrownBy(() -> Expression.parse(sql, Flights.SCHEMA))
        .isInstanceOfSatisfying(
            ExpressionException.class,
            e ->
                assertThat(e.problems())
                    .extracting(Object::toString)
                    .containsExactly(
                        "column 1: no column 'dely'. Did you mean 'delay'?",
                        "line 2, column 6: no function 'lowr'. Did you mean 'lower'?",
                        "line 3, column 12: cannot compare long with string."
                            + " Write the number without quotes.",
                        "line 3, column 27: 'soon' is not a timestamp."
                            + " Write it as yyyy-mm-dd or yyyy-mm-dd hh:mm:ss."));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          delay == 15 | '=' is not expected here. Write = to compare.
          delay > | the expression ends too early.
          delay > 15 && late | Write AND.
          extract(epoch from date) | extract has no epoch. Write to_unixtime(...).
          current_date > day | the current time would give other results each time it runs. Write the date, or a column.
          date >= '2001-05-32' | '2001-05-32' is not a timestamp. Write it as yyyy-mm-dd or yyyy-mm-dd hh:mm:ss.
          day = '2001-06-01 12:00' | '2001-06-01 12:00' is not a date. Write it as yyyy-mm-dd.
          1 / 0 | division by zero: 1 / 0.
          avg(delay) | avg is an aggregate over many rows; here an expression over one row is wanted.
          date - timestamp '2001-06-01' | an interval is no column's type. Use date_diff('minute', a, b), or divide by an interval.
          origin + 1 | cannot compute string + int. Join strings with ||.
          "Delay" > 1 | no column 'Delay'. Did you mean 'delay'?
          seat.rwo | no field 'rwo' in seat. Did you mean 'row'?
          delay.x | delay is long, not a struct: it has no field 'x'.
          not delay | NOT takes conditions (boolean), not long.
          round(delay, 1, 2) | round takes 1 to 2 arguments, not 3.
          cast(delay as date) | there is no cast from long to date.
          cast(delay as bigin) | no type 'bigin'. Did you mean 'bigint'?
          date_trunc('hours', date) | 'hours' is not a unit of time. Did you mean 'hour'?
          case when late then 1 else 'x' end | CASE brings together int and string. Cast one of them.
          (select 1) = 1 | this is not part of expressions
          """)
  void saysWhatIsWrong(String sql, String what) {
    assertThatThrownBy(() -> Expression.parse(sql, Flights.SCHEMA))
        .isInstanceOf(ExpressionException.class)
        .hasMessageContaining(what);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          16 / delay | row 2: division by zero: 16 / 0 (delay = 0). TRY(...) gives null for such rows.
          late and 16 / delay > 1 | row 2: division by zero: 16 / 0 (delay = 0)
          distance * 2 | row 2: the result 4000000000 does not fit into int (distance = 2000000000)
          delay + 9223372036854775807 | row 0: 16 + 9223372036854775807 does not fit into long (delay = 16)
          cast(text as bigint) | row 1: 'x%y' is not a value of type long (text = 'x%y')
          cast(origin as date) | row 0: 'SFO' is not a date. Write it as yyyy-mm-dd. (origin = 'SFO')
          """)
  void namesTheRowThatHasNoValue(String sql, String what) {
    Expression expression = Expression.parse(sql, Flights.SCHEMA);
    assertThatThrownBy(() -> expression.evaluate(Flights.batch()))
        .isInstanceOf(ExpressionException.class)
        .hasMessageContaining(what);
  }

  @Test
  void computesOncePerDictionaryEntryAndStaysCoded() {
    Expression expression = Expression.parse("lower(substr(origin, 3))", Flights.SCHEMA);
    assertThat(expression.evaluate(Flights.batch())).isInstanceOf(DictionaryColumn.class);
    assertThat(Flights.values("origin || '-' || delay"))
        .containsExactly("SFO-16", "Jfk--3", "SFO-0", null);
    assertThat(Flights.values("lower(substr(origin, 3))")).containsExactly("o", "k", "o", null);
  }

  @Test
  void selectsRowsThatAreTrue() {
    Expression expression = Expression.parse("delay > -5 or late", Flights.SCHEMA);
    assertThat(expression.select(Flights.batch()).positions()).containsExactly(0, 1, 2);
    assertThat(expression.columns()).containsExactly("delay", "late");
  }

  @Test
  void hasOneTextForOneMeaning() {
    String one = Expression.parse("Delay>15 and ORIGIN = 'SFO'", Flights.SCHEMA).canonical();
    String two =
        Expression.parse("delay > 15 -- minutes\n AND origin='SFO'", Flights.SCHEMA).canonical();
    assertThat(one).isEqualTo(two);
    assertThat(Expression.parse("cast(LOWER(origin) as VARCHAR)", Flights.SCHEMA).canonical())
        .isEqualTo(Expression.parse("CAST(lower(origin) AS string)", Flights.SCHEMA).canonical());
  }

  @Test
  void travelsAsText() throws Exception {
    Expression expression = Expression.parse("extract(hour from date)", Flights.SCHEMA);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(expression);
    }
    Object read;
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      read = in.readObject();
    }
    assertThat(read).isEqualTo(expression);
    assertThat(((Expression) read).evaluate(Flights.batch()))
        .isEqualTo(expression.evaluate(Flights.batch()));
  }

  @Test
  void knowsIntervalsAndTimes() {
    assertThat(Literals.intervalMicros("interval '6' hour")).isEqualTo(21_600_000_000L);
    assertThat(Literals.timestampMicros("1970-01-02")).isEqualTo(86_400_000_000L);
    assertThatThrownBy(() -> Literals.timestampMicros("2001-05-32"))
        .hasMessageContaining("'2001-05-32' is not a date. Write it as yyyy-mm-dd");
    assertThatThrownBy(() -> Literals.intervalMicros("6"))
        .hasMessageContaining("this is not an interval. Write interval '6' hour.");
  }
}
