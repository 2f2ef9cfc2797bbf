package dev.headwater.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.RowBatchBuilder;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values at the ends of their type, for which a transform has no partition. */
final class PartitionRangeTest {
  @TempDir private Path folder = Path.of("unset");

  private static Schema schema(Type type) {
    return new Schema(Types.NestedField.optional(1, "v", type));
  }

  private static List<PartitionRange> truncated(Type type, int width) {
    Schema schema = schema(type);
    return PartitionRange.of(schema, PartitionSpec.builderFor(schema).truncate("v", width).build());
  }

  private static void floors(Type type, BigInteger down, int scale) {
    for (int width : new int[] {1, 2, 7, 10, 64, 1_000}) {
      List<PartitionRange> ranges = truncated(type, width);
      BigInteger by = BigInteger.valueOf(width);
      for (int above = 0; above < 2_500; above++) {
        BigInteger value = down.negate().add(BigInteger.valueOf(above));
        BigInteger floor = value.subtract(value.mod(by));
        boolean fits = floor.compareTo(down.negate()) >= 0;
        Object own =
            switch (type.typeId()) {
              case INTEGER -> value.intValueExact();
              case LONG -> value.longValueExact();
              default -> new BigDecimal(value, scale);
            };
        assertThat(ranges.stream().allMatch(range -> range.holds(own)))
            .as(own + " by " + width)
            .isEqualTo(fits);
      }
      assertThat(ranges).allMatch(r -> r.holds(scale == 0 ? 0 : new BigDecimal("0.0")));
    }
  }

  @Test
  void whatIsTruncatedBelowTheLeastValueHasNoPartition() {
    floors(Types.IntegerType.get(), BigInteger.TWO.pow(31), 0);
    floors(Types.LongType.get(), BigInteger.TWO.pow(63), 0);
    floors(Types.DecimalType.of(4, 2), BigInteger.valueOf(9_999), 2);
    floors(Types.DecimalType.of(38, 3), BigInteger.TEN.pow(38).subtract(BigInteger.ONE), 3);
  }

  @Test
  void hoursThatDoNotFitHaveNone() {
    Schema schema = schema(Types.TimestampType.withZone());
    PartitionRange range =
        PartitionRange.of(schema, PartitionSpec.builderFor(schema).hour("v").build()).get(0);
    long hour = 3_600_000_000L;
    assertThat(range.holds(Integer.MIN_VALUE * hour)).isTrue();
    assertThat(range.holds(Integer.MIN_VALUE * hour - 1)).isFalse();
    assertThat(range.holds(Integer.MAX_VALUE * hour + hour - 1)).isTrue();
    assertThat(range.holds(Integer.MAX_VALUE * hour + hour)).isFalse();
    assertThat(range.reason()).startsWith("v is not from -243014-03-24T16:00:00Z to +246953-");
  }

  @Test
  void mostFieldsHaveOneForEveryValue() {
    Schema schema =
        new Schema(
            Types.NestedField.optional(1, "s", Types.StringType.get()),
            Types.NestedField.optional(2, "t", Types.TimestampType.withZone()),
            Types.NestedField.optional(3, "d", Types.DecimalType.of(9, 2)));
    PartitionSpec spec =
        PartitionSpec.builderFor(schema)
            .truncate("s", 3)
            .day("t")
            .identity("d")
            .bucket("d", 4)
            .build();
    assertThat(PartitionRange.of(schema, spec)).isEmpty();
  }

  @Test
  void withoutLettersSuchARowIsRefusedWhereItComes() throws Exception {
    Schema schema = schema(Types.IntegerType.get());
    PartitionSpec spec = PartitionSpec.builderFor(schema).truncate("v", 10).build();
    BaseTable table = new BaseTable(new TestTable(schema, spec, folder.toString(), Map.of()), "t");
    try (BatchWriter writer = BatchWriter.open(table, "s", "r")) {
      writer.accept(new RowBatchBuilder(schema).append(-2_147_483_640).build());
      assertThatThrownBy(
              () -> writer.accept(new RowBatchBuilder(schema).append(Integer.MIN_VALUE).build()))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining(
              "Cannot write a row whose v is -2147483648: v is not from -2147483640 to 2147483647:"
                  + " for others truncate[10] has no partition.");
    }
  }
}
