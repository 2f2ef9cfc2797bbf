package dev.headwater.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.NullOrder;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Bytes that sort as the values do; each list is in order. */
final class OrderKeyTest {
  private static Schema schema(Type type) {
    return new Schema(Types.NestedField.optional(1, "v", type));
  }

  private static List<byte[]> keys(Schema schema, SortOrder order, @Nullable Object... values) {
    RowBatchBuilder builder = new RowBatchBuilder(schema);
    for (Object value : values) {
      builder.append(value);
    }
    RowBatch batch = builder.build();
    BytesColumn keys = new OrderKey(schema, order).of(batch);
    List<byte[]> out = new ArrayList<>();
    for (int row = 0; row < keys.size(); row++) {
      out.add(keys.get(row));
    }
    return out;
  }

  private static void ascends(List<byte[]> keys) {
    for (int i = 1; i < keys.size(); i++) {
      assertThat(Arrays.compareUnsigned(keys.get(i - 1), keys.get(i))).as("%d", i).isNegative();
    }
  }

  private static void inOrder(Type type, Object... values) {
    Schema schema = schema(type);
    Object[] nullFirst = new Object[values.length + 1];
    System.arraycopy(values, 0, nullFirst, 1, values.length);
    ascends(
        keys(
            schema,
            SortOrder.builderFor(schema).asc("v", NullOrder.NULLS_FIRST).build(),
            nullFirst));
    Object[] nullLast = Arrays.copyOf(values, values.length + 1);
    ascends(
        keys(
            schema, SortOrder.builderFor(schema).asc("v", NullOrder.NULLS_LAST).build(), nullLast));
    List<Object> reversed = new ArrayList<>(Arrays.asList(values));
    java.util.Collections.reverse(reversed);
    ascends(keys(schema, SortOrder.builderFor(schema).desc("v").build(), reversed.toArray()));
  }

  @Test
  void everyTypeSortsAsItsValues() {
    inOrder(Types.BooleanType.get(), false, true);
    inOrder(Types.IntegerType.get(), Integer.MIN_VALUE, -1, 0, 1, Integer.MAX_VALUE);
    inOrder(Types.LongType.get(), Long.MIN_VALUE, -1L, 0L, 1L, Long.MAX_VALUE);
    inOrder(
        Types.DoubleType.get(),
        Double.NEGATIVE_INFINITY,
        -1.5,
        -Double.MIN_VALUE,
        -0.0,
        0.0,
        Double.MIN_VALUE,
        1e300,
        Double.POSITIVE_INFINITY,
        Double.NaN);
    inOrder(Types.FloatType.get(), Float.NEGATIVE_INFINITY, -0.0f, 0.0f, 2.5f, Float.NaN);
    inOrder(Types.StringType.get(), "", "\0", "\0a", "a", "a\0", "a\0b", "ab", "b", "é", "🚀");
    inOrder(
        Types.DecimalType.of(38, 2),
        new BigDecimal("-99999999999999999999999999999999999.99"),
        new BigDecimal("-0.01"),
        new BigDecimal("0.00"),
        new BigDecimal("0.01"),
        new BigDecimal("18446744073709551616.00"),
        new BigDecimal("99999999999999999999999999999999999.99"));
    inOrder(Types.DateType.get(), -1, 0, 12_000);
    inOrder(
        Types.BinaryType.get(),
        ByteBuffer.wrap(new byte[] {}),
        ByteBuffer.wrap(new byte[] {0}),
        ByteBuffer.wrap(new byte[] {0, 0}),
        ByteBuffer.wrap(new byte[] {1}),
        ByteBuffer.wrap(new byte[] {-1}));
    inOrder(Types.UUIDType.get(), new UUID(0, 1), new UUID(1, 0), new UUID(-1, 0));
  }

  @Test
  void transformsSortByWhatTheyGive() {
    Schema schema = schema(Types.StringType.get());
    SortOrder order = SortOrder.builderFor(schema).asc(Expressions.truncate("v", 1)).build();
    List<byte[]> keys = keys(schema, order, "ab", "ax", "ba");
    assertThat(keys.get(0)).isEqualTo(keys.get(1));
    ascends(keys.subList(1, 3));
  }
}
