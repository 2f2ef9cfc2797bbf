package dev.headwater.columns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;

class RowBatchBytesTest {
  private static final Schema NESTED =
      new Schema(
          List.of(
              NestedField.required(1, "id", Types.LongType.get(), "who"),
              NestedField.optional(
                  2,
                  "tags",
                  Types.MapType.ofOptional(
                      3, 4, Types.StringType.get(), Types.DecimalType.of(38, 2))),
              NestedField.optional(
                  5,
                  "path",
                  Types.ListType.ofOptional(
                      6,
                      Types.StructType.of(
                          NestedField.optional(7, "x", Types.DoubleType.get()),
                          NestedField.optional(8, "ok", Types.BooleanType.get())))),
              NestedField.optional("level")
                  .withId(9)
                  .ofType(Types.IntegerType.get())
                  .withInitialDefault(Expressions.lit(3))
                  .build()),
          Set.of(1));

  private static RowBatch nested() {
    BigDecimal most = new BigDecimal("9".repeat(36) + ".99");
    return new RowBatchBuilder(NESTED)
        .append(
            1L,
            Map.of("a\u0000", most),
            Arrays.asList(new Object[] {Double.NaN, true}, null, new Object[] {-0.0, null}),
            -7)
        .append(2L, null, List.of(), null)
        .append(3L, Map.of("", most.negate()), null, 1 << 30)
        .build();
  }

  @Test
  void nestedRowsComeBackWithTheirSchema() {
    RowBatch back = RowBatchBytes.decode(RowBatchBytes.encode(nested()));

    assertThat(back).isEqualTo(nested());
    assertThat(back.schema().findField("level").initialDefault()).isEqualTo(3);
    assertThat(back.schema().findField("id").doc()).isEqualTo("who");
    assertThat(back.schema().identifierFieldIds()).containsExactly(1);
  }

  @Test
  void equalBatchesOfDifferentSchemaObjectsHaveEqualBytes() {
    Schema again = new Schema(NESTED.columns(), NESTED.identifierFieldIds());

    assertThat(RowBatchBytes.encode(nested().as(again))).isEqualTo(RowBatchBytes.encode(nested()));
  }

  @Test
  void longsComeBackWhateverTheirRange() {
    long[] ranges = {0, 1, 255, 256, 65_535, 65_536, 0xffffffffL, 1L << 32, Long.MAX_VALUE};
    Schema schema = new Schema(NestedField.optional(1, "t", Types.LongType.get()));
    Random random = new Random(1);
    for (long range : ranges) {
      for (long min : new long[] {Long.MIN_VALUE, -3, 0, 7, 1_000_000_007L * 60_000_000L}) {
        for (long unit : new long[] {1, 1_000, 60_000_000L, 86_400_000_000L}) {
          long[] values =
              LongStream.range(0, 70)
                  .map(
                      i ->
                          min
                              + unit
                                  * (i == 0
                                      ? 0
                                      : i == 1
                                          ? range
                                          : random.nextLong(range + 1 < 1 ? range : range + 1)))
                  .toArray();
          values[5] = 0;
          for (Bits nulls : new Bits[] {null, Bits.of(new long[] {1L << 5, 0}, 70)}) {
            RowBatch batch = RowBatch.of(schema, 70, LongColumn.of(values.clone(), nulls));
            assertThat(RowBatchBytes.decode(RowBatchBytes.encode(batch))).isEqualTo(batch);
          }
        }
      }
    }
  }

  @Test
  void intsComeBackWhateverTheirRange() {
    Schema schema = new Schema(NestedField.optional(1, "i", Types.IntegerType.get()));
    for (int[] values :
        new int[][] {
          {},
          {5},
          {-1, -1},
          {-100, 155},
          {-100, 156},
          {0, 65_535},
          {0, 65_536},
          {Integer.MIN_VALUE, Integer.MAX_VALUE},
          {0, 1 << 30, 1_000}
        }) {
      RowBatch batch = RowBatch.of(schema, values.length, IntColumn.of(values));
      assertThat(RowBatchBytes.decode(RowBatchBytes.encode(batch))).isEqualTo(batch);
    }
  }

  @Test
  void wholeMinutesTakeTwoBytes() {
    Schema schema = new Schema(NestedField.required(1, "t", Types.TimestampType.withoutZone()));
    long[] minutes = LongStream.range(0, 8192).map(i -> 60_000_000L * (i + 17_000_000)).toArray();

    assertThat(RowBatchBytes.encode(RowBatch.of(schema, 8192, LongColumn.of(minutes))))
        .hasSizeLessThan(2 * 8192 + 64);
  }

  @Test
  void onlyUsedEntriesOfADictionaryAreWritten() {
    Schema schema = new Schema(NestedField.optional(1, "s", Types.StringType.get()));
    BytesColumn many =
        BytesColumn.ofStrings(
            IntStream.range(0, 1000).mapToObj(i -> "airport" + i).toArray(String[]::new));
    Bits nulls = Bits.of(new long[] {2}, 4);
    RowBatch batch =
        RowBatch.of(schema, 4, DictionaryColumn.of(new int[] {999, 0, 65, 999}, many, nulls));

    DictionaryColumn back =
        (DictionaryColumn) RowBatchBytes.decode(RowBatchBytes.encode(batch)).column(0);

    assertThat(back.dictionary()).isEqualTo(BytesColumn.ofStrings("airport65", "airport999"));
    assertThat(back.decode()).isEqualTo(((DictionaryColumn) batch.column(0)).decode());
  }

  @Test
  void batchesFollowEachOtherInAStream() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RowBatchBytes.write(nested(), out);
    RowBatchBytes.write(nested().slice(1, 2), out);
    ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());

    assertThat(RowBatchBytes.read(in)).isEqualTo(nested());
    assertThat(RowBatchBytes.read(in)).isEqualTo(nested().slice(1, 2));
    assertThatThrownBy(() -> RowBatchBytes.read(in))
        .isInstanceOf(EOFException.class)
        .hasMessage("the stream ends after 0 bytes of a batch");
  }

  @Test
  void anyChangedByteIsFound() {
    byte[] bytes = RowBatchBytes.encode(nested());
    for (int i = 0; i < bytes.length; i++) {
      byte[] changed = bytes.clone();
      changed[i] ^= 0x10;
      assertThatThrownBy(() -> RowBatchBytes.decode(changed))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("batch");
    }
    for (int end = 0; end < bytes.length; end++) {
      byte[] cut = Arrays.copyOf(bytes, end);
      assertThatThrownBy(() -> RowBatchBytes.decode(cut))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not a batch");
    }
  }

  @Test
  void garbageUnderARightChecksumIsRefusedAndNotAllocatedFor() {
    byte[] bytes = RowBatchBytes.encode(nested());
    Random random = new Random(7);
    for (int n = 0; n < 20_000; n++) {
      byte[] changed = bytes.clone();
      changed[12 + random.nextInt(bytes.length - 12)] = (byte) random.nextInt();
      changed[12 + random.nextInt(bytes.length - 12)] = (byte) random.nextInt();
      CRC32C crc = new CRC32C();
      crc.update(changed, 12, changed.length - 12);
      BytesOut.INT.set(changed, 8, (int) crc.getValue());
      try {
        RowBatchBytes.decode(changed);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
  }

  @Test
  void aNewerVersionIsNamed() {
    byte[] bytes = RowBatchBytes.encode(nested());
    bytes[2] = 2;

    assertThatThrownBy(() -> RowBatchBytes.decode(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a batch of version 2.0, but only 1.0 is known; it may be from a newer release");
  }
}
