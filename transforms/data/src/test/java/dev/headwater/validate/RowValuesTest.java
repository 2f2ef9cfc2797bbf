package dev.headwater.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RowValuesTest {
  private static final Schema ALL =
      new Schema(
          Types.NestedField.optional(1, "b", Types.BooleanType.get()),
          Types.NestedField.optional(2, "i", Types.IntegerType.get()),
          Types.NestedField.optional(3, "l", Types.LongType.get()),
          Types.NestedField.optional(4, "f", Types.FloatType.get()),
          Types.NestedField.optional(5, "d", Types.DoubleType.get()),
          Types.NestedField.optional(6, "dec", Types.DecimalType.of(38, 10)),
          Types.NestedField.optional(7, "s", Types.StringType.get()),
          Types.NestedField.optional(8, "u", Types.UUIDType.get()),
          Types.NestedField.optional(9, "bin", Types.BinaryType.get()),
          Types.NestedField.optional(10, "fix", Types.FixedType.ofLength(3)),
          Types.NestedField.optional(11, "day", Types.DateType.get()),
          Types.NestedField.optional(12, "t", Types.TimeType.get()),
          Types.NestedField.optional(13, "ts", Types.TimestampType.withoutZone()),
          Types.NestedField.optional(14, "tz", Types.TimestampType.withZone()),
          Types.NestedField.optional(
              15,
              "n",
              Types.StructType.of(
                  Types.NestedField.optional(
                      16, "xs", Types.ListType.ofOptional(17, Types.LongType.get())),
                  Types.NestedField.optional(
                      18,
                      "m",
                      Types.MapType.ofOptional(
                          19, 20, Types.LongType.get(), Types.DoubleType.get())))));

  @Test
  void everyValueComesBackAsItWas() throws RowValues.NoRow {
    RowBatchBuilder rows = new RowBatchBuilder(ALL);
    @Nullable Object[][] values = {
      {
        true,
        Integer.MIN_VALUE,
        Long.MAX_VALUE,
        -0.0f,
        Double.MIN_VALUE,
        new BigDecimal("1234567890123456789012345678.0123456789"),
        "\u0000\"\\\n\u2028\ud83d\ude00{",
        UUID.fromString("00000000-0000-0001-0000-000000000002"),
        ByteBuffer.wrap(new byte[] {0, -1, 7}),
        ByteBuffer.wrap(new byte[] {1, 2, 3}),
        -719_528,
        86_399_999_999L,
        -1L,
        253_402_300_799_999_999L,
        new Object[] {Arrays.asList(1L, null, 3L), Map.of(7L, 0.1)}
      },
      {
        false,
        0,
        0L,
        Float.NaN,
        Double.NEGATIVE_INFINITY,
        new BigDecimal("0E-10"),
        "",
        null,
        ByteBuffer.wrap(new byte[0]),
        null,
        0,
        0L,
        1L,
        -62_135_596_800_000_000L,
        null
      },
      new @Nullable Object[15],
    };
    for (@Nullable Object[] row : values) {
      rows.append(row);
    }
    RowBatch batch = rows.build();

    RowBatchBuilder again = new RowBatchBuilder(ALL);
    for (int row = 0; row < values.length; row++) {
      again.append(RowValues.of(RowJson.row(batch, row), ALL, Map.of()));
    }

    assertThat(again.build()).isEqualTo(batch);
  }

  @Test
  void columnsFollowTheirNewNamesAndWhatHasNoPlaceIsSaid() throws RowValues.NoRow {
    Schema now =
        new Schema(
            Types.NestedField.required(1, "city", Types.StringType.get()),
            Types.NestedField.optional(2, "n", Types.IntegerType.get()));
    Map<String, String> renamed = Map.of("town", "city");

    assertThat(RowValues.of("{\"town\":\"Ulm\",\"n\":5,\"gone\":null}", now, renamed))
        .containsExactly("Ulm", 5);
    refused("{\"town\":\"Ulm\",\"gone\":1}", now, "'gone' is no column of the table");
    refused("{\"town\":null}", now, "city is null, but the table requires it");
    refused("{\"town\":\"Ulm\",\"n\":3000000000}", now, "n is no int");
    refused("[1]", now, "it is no object");
    refused("{\"town\":\"Ulm\"", now, "Unexpected end-of-input");
  }

  private static void refused(String json, Schema schema, String why) {
    assertThatThrownBy(() -> RowValues.of(json, schema, Map.of("town", "city")))
        .isInstanceOf(RowValues.NoRow.class)
        .hasMessageContaining(why);
  }
}
