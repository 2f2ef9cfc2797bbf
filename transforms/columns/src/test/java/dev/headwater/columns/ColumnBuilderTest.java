package dev.headwater.columns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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

  @Test
  void whatIsCutIsAsIfItHadNeverBeen() {
    Types.StructType type =
        Types.StructType.of(
            NestedField.optional(1, "n", Types.LongType.get()),
            NestedField.optional(2, "text", Types.StringType.get()),
            NestedField.optional(3, "money", Types.DecimalType.of(38, 2)),
            NestedField.optional(4, "list", Types.ListType.ofOptional(5, Types.StringType.get())));
    Random random = new Random(4);
    ColumnBuilder cut = ColumnBuilder.of(type);
    List<Object[]> kept = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      String text = random.nextBoolean() ? "few" : "text " + i;
      Object[] row = {
        random.nextInt(5) == 0 ? null : (long) i,
        random.nextInt(5) == 0 ? null : text,
        BigDecimal.valueOf(i, 2),
        random.nextInt(5) == 0 ? null : List.of(text, "b")
      };
      if (random.nextInt(3) == 0) {
        int size = cut.size();
        for (int part = 0; part < random.nextInt(4); part++) {
          cut.part(part).append(row[part]);
        }
        cut.cut(size);
      } else if (random.nextInt(10) == 0) {
        int size = Math.max(0, cut.size() - 3);
        cut.cut(size);
        kept = new ArrayList<>(kept.subList(0, size));
      } else {
        cut.append(row);
        kept.add(row);
      }
    }
    assertThat(cut.size()).isEqualTo(kept.size());
    Values values = Values.of(cut.build(), type);
    for (int i = 0; i < kept.size(); i++) {
      assertThat((Object[]) values.at(i)).isEqualTo(kept.get(i));
    }
  }

  @Test
  void decimalsOfTooManyDigitsAreRefused() {
    ColumnBuilder small = ColumnBuilder.of(Types.DecimalType.of(4, 2));
    small.appendUnscaled(-1, -9_999);
    assertThatThrownBy(() -> small.appendUnscaled(0, 10_000))
        .hasMessage("a column of decimal(4, 2) takes no more digits");
    assertThatThrownBy(() -> small.appendUnscaled(-1, Long.MIN_VALUE))
        .hasMessage("a column of decimal(4, 2) takes no more digits");
    ColumnBuilder wide = ColumnBuilder.of(Types.DecimalType.of(20, 0));
    wide.appendUnscaled(0, Long.MIN_VALUE);
    assertThatThrownBy(() -> wide.appendUnscaled(1L << 40, 0))
        .hasMessage("a column of decimal(20, 0) takes no more digits");
    assertThat(((DecimalColumn) wide.build()).get(0)).isEqualByComparingTo("9223372036854775808");
  }
}
