package dev.headwater.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.Values;
import dev.headwater.files.RawRow;
import dev.headwater.table.Origin;
import dev.headwater.table.PartitionRange;
import dev.headwater.table.RowCheck;
import dev.headwater.validate.Contract.ColumnRule;
import dev.headwater.validate.Contract.NamedRule;
import dev.headwater.validate.Contract.UnknownColumns;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ContractCheckTest {
  /** Checks values of one column; returns "position code" of the letters. */
  private static List<String> bad(Type type, ColumnRule rule, @Nullable Object... values) {
    Schema schema = new Schema(Types.NestedField.optional(1, rule.name(), type));
    RowBatchBuilder rows = new RowBatchBuilder(schema);
    for (Object value : values) {
      rows.append(new @Nullable Object[] {value});
    }
    RowCheck check = new ContractCheck(Contract.of(List.of(rule), List.of()), schema, "r", 0);
    RowCheck.Checked checked = check.check(rows.build(), Origin.at("f", row -> 100 + row));
    List<String> out = new ArrayList<>();
    for (List<@Nullable Object> letter : rows(checked.letters())) {
      out.add(letter.get(1) + " " + letter.get(2));
    }
    assertThat(checked.good().size() + out.size()).isEqualTo(values.length);
    return out;
  }

  private static List<List<@Nullable Object>> rows(@Nullable RowBatch batch) {
    List<List<@Nullable Object>> out = new ArrayList<>();
    for (int row = 0; batch != null && row < batch.size(); row++) {
      List<@Nullable Object> values = new ArrayList<>();
      for (int i = 0; i < batch.schema().columns().size(); i++) {
        values.add(Values.of(batch.column(i), batch.schema().columns().get(i).type(), row));
      }
      out.add(values);
    }
    return out;
  }

  private static long micros(String day) {
    return java.time.LocalDate.parse(day).toEpochDay() * 86_400_000_000L;
  }

  @Test
  void whatTheTableCannotHoldIsALetterToo() {
    Schema schema =
        new Schema(
            Types.NestedField.optional(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "price", Types.DecimalType.of(4, 2)));
    TableRules table =
        new TableRules(
            List.of("id"),
            PartitionRange.of(
                schema, PartitionSpec.builderFor(schema).truncate("price", 10).build()));
    RowBatchBuilder rows = new RowBatchBuilder(schema);
    rows.append(1L, new BigDecimal("-99.91"));
    rows.append(2L, new BigDecimal("-99.90"));
    rows.append(null, new BigDecimal("-99.99"));
    rows.append(4L, null);
    RowCheck.Checked checked =
        new ContractCheck(Contract.NONE, table, schema, "r", 0)
            .check(rows.build(), Origin.at("f", row -> row));
    assertThat(checked.good().size()).isEqualTo(2);
    List<List<@Nullable Object>> letters = rows(checked.letters());
    assertThat(letters.get(0).subList(1, 6))
        .containsExactly(
            0L,
            "partition",
            "price is not from -99.90 to 99.99: for others truncate[10] has no partition",
            "price",
            "-99.91");
    assertThat(letters.get(1).subList(1, 4))
        .containsExactly(2L, "key", "a column of its key is null");
    assertThat((List<?>) letters.get(1).get(12)).hasSize(2);
  }

  @Test
  void requiredRefusesNulls() {
    assertThat(bad(Types.LongType.get(), ColumnRule.of("c").asRequired(), 1L, null, 2L))
        .containsExactly("101 required");
    assertThat(bad(Types.StringType.get(), ColumnRule.of("c").asRequired(), null, ""))
        .containsExactly("100 required");
  }

  @Test
  void boundsAreInclusiveAndNullsPass() {
    ColumnRule rule = ColumnRule.of("c").range("-2", "3");
    assertThat(bad(Types.LongType.get(), rule, -3L, -2L, null, 3L, 4L))
        .containsExactly("100 min", "104 max");
    assertThat(bad(Types.IntegerType.get(), rule, -3, -2, null, 3, 4))
        .containsExactly("100 min", "104 max");
    assertThat(bad(Types.DoubleType.get(), rule, -2.1, -2.0, null, 3.0, 3.1, Double.NaN))
        .containsExactly("100 min", "104 max", "105 min");
    assertThat(bad(Types.FloatType.get(), rule, -2.1f, -2f, null, 3f, 3.1f))
        .containsExactly("100 min", "104 max");
    assertThat(
            bad(
                Types.DecimalType.of(9, 2),
                rule,
                new BigDecimal("-2.01"),
                new BigDecimal("-2.00"),
                null,
                new BigDecimal("3.01")))
        .containsExactly("100 min", "103 max");
  }

  @Test
  void boundsOfTimesAndTextsAreWrittenAsTheyAreRead() {
    ColumnRule rule = ColumnRule.of("c").range("2001-01-01", "2001-06-30");
    assertThat(
            bad(
                Types.TimestampType.withoutZone(),
                rule,
                micros("2001-01-01") - 1,
                micros("2001-01-01"),
                micros("2001-06-30"),
                micros("2001-06-30") + 1))
        .containsExactly("100 min", "103 max");
    int first = (int) java.time.LocalDate.parse("2001-01-01").toEpochDay();
    assertThat(bad(Types.DateType.get(), rule, first - 1, first, null, first + 181))
        .containsExactly("100 min", "103 max");
    assertThat(
            bad(Types.StringType.get(), ColumnRule.of("c").range("B", "D"), "A", "B", "C~", "D1"))
        .containsExactly("100 min", "103 max");
  }

  @Test
  void allowedValuesAreThoseAndNoOthers() {
    assertThat(
            bad(
                Types.StringType.get(),
                ColumnRule.of("c").allowed(List.of("JFK", "LAX")),
                "JFK",
                "jfk",
                null,
                "LAX",
                ""))
        .containsExactly("101 allowed", "104 allowed");
    assertThat(
            bad(
                Types.IntegerType.get(),
                ColumnRule.of("c").allowed(List.of("1", "2")),
                1,
                3,
                null,
                2))
        .containsExactly("101 allowed");
    assertThat(
            bad(
                Types.DecimalType.of(9, 2),
                ColumnRule.of("c").allowed(List.of("1.5")),
                new BigDecimal("1.50"),
                new BigDecimal("1.51")))
        .containsExactly("101 allowed");
  }

  @Test
  void aPatternMatchesTheWholeText() {
    assertThat(
            bad(
                Types.StringType.get(),
                ColumnRule.of("c").pattern("[A-Z]{3}"),
                "JFK",
                "JFKX",
                null,
                "jfk"))
        .containsExactly("101 pattern", "103 pattern");
  }

  @Test
  void aLetterTellsTheFirstRuleTheValueAndTheRow() {
    Schema schema =
        new Schema(
            Types.NestedField.optional(1, "delay", Types.LongType.get()),
            Types.NestedField.optional(2, "origin", Types.StringType.get()));
    Contract contract =
        Contract.of(
            List.of(
                ColumnRule.of("delay").range("-100", null),
                ColumnRule.of("origin").pattern("[A-Z]{3}")),
            List.of(new NamedRule("no_loop", "origin <> 'JFK' or delay < 50")));
    RowBatch batch =
        new RowBatchBuilder(schema)
            .append(-1116L, "\"x\"")
            .append(1L, "LAX")
            .append(60L, "JFK")
            .append(60L, null)
            .build();

    RowCheck.Checked checked =
        new ContractCheck(contract, schema, "run", 7).check(batch, Origin.at("f", row -> 10 + row));

    assertThat(rows(checked.good())).containsExactly(List.of(1L, "LAX"), Arrays.asList(60L, null));
    assertThat(rows(checked.letters()).stream().map(letter -> letter.subList(0, 11)))
        .containsExactly(
            Arrays.asList(
                "f",
                10L,
                "min",
                "delay is less than -100",
                "delay",
                "-1116",
                "{\"delay\":-1116,\"origin\":\"\\\"x\\\"\"}",
                "run",
                7L,
                null,
                null),
            Arrays.asList(
                "f",
                12L,
                "no_loop",
                "not origin <> 'JFK' or delay < 50",
                null,
                null,
                "{\"delay\":60,\"origin\":\"JFK\"}",
                "run",
                7L,
                null,
                null));
  }

  @Test
  void aLetterHasAllReasonsTheRowAsItWasAndAnIdOfItsOwn() {
    Schema schema =
        new Schema(
            Types.NestedField.optional(1, "delay", Types.LongType.get()),
            Types.NestedField.optional(2, "origin", Types.StringType.get()));
    Contract contract =
        Contract.of(
            List.of(ColumnRule.of("delay").range("0", "9"), ColumnRule.of("origin").asRequired()),
            List.of(new NamedRule("never", "delay < 0")));
    RowBatch batch =
        new RowBatchBuilder(schema).append(60L, null).append(7L, "JFK").append(60L, null).build();
    Origin from =
        new Origin() {
          @Override
          public String source() {
            return "f.csv";
          }

          @Override
          public long position(int row) {
            return 10L * row;
          }

          @Override
          public RawRow raw(int row) {
            byte[] bytes = ("60," + row).getBytes(StandardCharsets.UTF_8);
            return RawRow.text(RawRow.CSV, List.of("delay", "origin"), bytes, 4);
          }
        };

    RowBatch letters = new ContractCheck(contract, schema, "run", 7).check(batch, from).letters();

    assertThat(letters).isNotNull();
    assertThat(letters.size()).isEqualTo(3);
    assertThat(reasons(letters, 0))
        .containsExactly(
            "max, delay is greater than 9, delay, 60",
            "required, origin is missing, origin, null",
            "never, not delay < 0, null, null");
    assertThat(reasons(letters, 1)).containsExactly("never, not delay < 0, null, null");
    List<@Nullable Object> first = rows(letters).get(0);
    assertThat(StandardCharsets.UTF_8.decode((ByteBuffer) first.get(9)).toString())
        .isEqualTo("60,0");
    assertThat(rows(letters).get(2).get(1)).isEqualTo(20L);
    assertThat(rows(letters).stream().map(letter -> letter.get(11)))
        .doesNotHaveDuplicates()
        .doesNotContainNull()
        .isEqualTo(
            rows(new ContractCheck(contract, schema, "run", 7).check(batch, from).letters())
                .stream()
                .map(letter -> letter.get(11))
                .toList());
  }

  private static List<String> reasons(RowBatch letters, int row) {
    Object list = rows(letters).get(row).get(12);
    return ((List<?>) list)
        .stream().map(r -> String.join(", ", texts((@Nullable Object[]) r))).toList();
  }

  private static List<String> texts(@Nullable Object[] values) {
    return Arrays.stream(values).map(String::valueOf).toList();
  }

  @Test
  void aContractThatDoesNotFitTheSchemaSaysAllThatIsWrong() {
    Schema schema =
        new Schema(
            Types.NestedField.optional(1, "delay", Types.LongType.get()),
            Types.NestedField.optional(2, "extra", Types.StringType.get()));
    Contract contract =
        new Contract(
            List.of(ColumnRule.of("delay").type("int"), ColumnRule.of("origin").asRequired()),
            List.of(new NamedRule("sane", "dely > 3")),
            UnknownColumns.REFUSE,
            1,
            Long.MAX_VALUE);

    assertThatThrownBy(() -> new ContractCheck(contract, schema, "r", 0))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageStartingWith("The data does not fit its contract: ")
        .hasMessageContaining("column delay is long, the contract says int")
        .hasMessageContaining("no column origin among [delay, extra]")
        .hasMessageContaining("rule sane: ")
        .hasMessageContaining("dely")
        .hasMessageContaining("column extra is not in the contract")
        .hasMessageEndingWith("Fix: mend the contract, or the files.");
  }

  @Test
  void aBoundThatIsNoValueOfTheColumnIsSaid() {
    assertThatThrownBy(() -> bad(Types.LongType.get(), ColumnRule.of("c").range("ten", null), 1L))
        .hasMessage(
            "The data does not fit its contract: min of column c: 'ten' is not a long. Fix: mend"
                + " the contract, or the files.");
    ColumnRule yes = ColumnRule.of("c").allowed(List.of("yes"));
    assertThatThrownBy(() -> bad(Types.BooleanType.get(), yes, true))
        .hasMessageContaining("allowed of column c: 'yes' is not a boolean.");
  }

  @Test
  void aNumberIsNoBoundOfATextSinceTenComesBeforeNineThere() {
    ColumnRule rule = ColumnRule.of("c").range("5", "-1.5e3");
    assertThatThrownBy(() -> bad(Types.StringType.get(), rule, "10"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining(
            "min of column c is the number 5, but the column is a string, of which '10' comes"
                + " before '9'; write a rule instead: cast(c as double) >= 5");
  }
}
