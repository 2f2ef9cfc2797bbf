package dev.headwater.columns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;

class ColumnBuilderTest {
  @Test
  void repeatingStringsAreCodedAndOthersAreNot() {
    ColumnBuilder repeating = ColumnBuilder.of(Types.StringType.get());
    ColumnBuilder different = ColumnBuilder.of(Types.StringType.get());
    for (int i = 0; i < 2_000; i++) {
      repeating.append(i % 7 == 0 ? null : "carrier " + i % 10);
      different.append(i % 7 == 0 ? null : "flight " + i);
    }

    Column coded = repeating.build();
    Column plain = different.build();

    assertThat(coded).isInstanceOf(DictionaryColumn.class);
    assertThat(((DictionaryColumn) coded).dictionary().size()).isEqualTo(10);
    assertThat(plain).isInstanceOf(BytesColumn.class);
    for (int i = 0; i < 2_000; i++) {
      assertThat(Values.of(coded, Types.StringType.get(), i))
          .isEqualTo(i % 7 == 0 ? null : "carrier " + i % 10);
      assertThat(Values.of(plain, Types.StringType.get(), i))
          .isEqualTo(i % 7 == 0 ? null : "flight " + i);
    }
  }

  @Test
  void nothingIsHeldUnderANull() {
    Types.StructType type =
        Types.StructType.of(
            NestedField.optional(1, "a", Types.IntegerType.get()),
            NestedField.optional(2, "b", Types.ListType.ofOptional(3, Types.LongType.get())));
    StructColumn column =
        (StructColumn)
            ColumnBuilder.of(type)
                .append(new Object[] {1, List.of(1L)})
                .appendNull()
                .append(new Object[] {null, null})
                .build();

    assertThat(column.nulls()).isEqualTo(Bits.of(new long[] {2}, 3));
    assertThat(column.fields().get(0))
        .isEqualTo(IntColumn.of(new int[] {1, 0, 0}, Bits.of(new long[] {6}, 3)));
    assertThat(column.fields().get(1))
        .isEqualTo(
            ListColumn.of(new int[] {0, 1, 1, 1}, LongColumn.of(1), Bits.of(new long[] {6}, 3)));
  }

  @Test
  void aWrongValueIsNamedWithItsColumnAndRow() {
    Schema schema = new Schema(NestedField.optional(1, "price", Types.DecimalType.of(4, 2)));
    RowBatchBuilder builder = new RowBatchBuilder(schema).append(new BigDecimal("1.5"));

    assertThatThrownBy(() -> builder.append(1.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "column price, row 1: a column of decimal(4, 2) takes BigDecimal, not java.lang.Double");
    assertThatThrownBy(() -> builder.append(new BigDecimal("1.555")))
        .hasMessageContaining("cannot hold 1.555 without rounding");
    assertThatThrownBy(() -> builder.append(new BigDecimal("100")))
        .hasMessageContaining("cannot hold 100: too many digits");
  }

  @Test
  void halfASurrogatePairIsRefused() {
    ColumnBuilder strings = ColumnBuilder.of(Types.StringType.get());
    assertThatThrownBy(() -> strings.append("a\ud83d"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("half a surrogate pair at position 1");
  }

  @Test
  void dictionariesAreMergedWhenBatchesAreConcatenated() {
    DictionaryColumn a =
        DictionaryColumn.of(
            new int[] {1, 1, 0}, BytesColumn.ofStrings("x", "y"), Bits.of(new long[] {4}, 3));
    DictionaryColumn b =
        DictionaryColumn.of(new int[] {2, 0}, BytesColumn.ofStrings("z", "q", "y"), null);

    Column both = Columns.concat(List.of(a, b));

    assertThat(both)
        .isEqualTo(
            DictionaryColumn.of(
                new int[] {0, 0, 0, 0, 1},
                BytesColumn.ofStrings("y", "z"),
                Bits.of(new long[] {4}, 5)));
    assertThat(Columns.concat(List.of(a, BytesColumn.ofStrings("w"))))
        .isEqualTo(BytesColumn.ofStrings("y", "y", null, "w"));
  }
}
