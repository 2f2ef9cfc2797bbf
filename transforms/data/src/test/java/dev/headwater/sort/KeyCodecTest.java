package dev.headwater.sort;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

class KeyCodecTest {
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.optional(1, "text", Types.StringType.get()),
          Types.NestedField.optional(2, "number", Types.LongType.get()),
          Types.NestedField.optional(3, "more", Types.StringType.get()));
  private static final KeyCodec CODEC =
      new KeyCodec(SCHEMA.columns().stream().map(Types.NestedField::type).toList());

  record Key(String text, long number, String more) {}

  @Property
  void keysComeBackAndSortAsTheirColumns(
      @ForAll @Size(min = 1, max = 30) List<String> texts,
      @ForAll @Size(30) List<Long> numbers,
      @ForAll @Size(30) List<String> mores) {
    List<Key> keys =
        IntStream.range(0, texts.size())
            .mapToObj(i -> new Key(clean(texts.get(i)), numbers.get(i), clean(mores.get(i))))
            .toList();
    RowBatch batch = batch(keys);
    DictionaryColumn encoded = CODEC.encode(batch, new int[] {0, 1, 2});
    var columns = CODEC.decode(encoded);
    for (int i = 0; i < keys.size(); i++) {
      assertThat(((DictionaryColumn) columns.get(0)).decode().string(i))
          .isEqualTo(keys.get(i).text);
      assertThat(((LongColumn) columns.get(1)).values()[i]).isEqualTo(keys.get(i).number);
      assertThat(((DictionaryColumn) columns.get(2)).decode().string(i))
          .isEqualTo(keys.get(i).more);
    }
    Comparator<Key> order =
        Comparator.comparing(Key::text, KeyCodecTest::compare)
            .thenComparing(Key::number)
            .thenComparing(Key::more, KeyCodecTest::compare);
    for (int i = 1; i < keys.size(); i++) {
      assertThat(Integer.signum(RunOrder.compareBytes(encoded, i - 1, encoded, i)))
          .isEqualTo(Integer.signum(order.compare(keys.get(i - 1), keys.get(i))));
    }
  }

  @Test
  void anIntAndALongOfOneValueAreOneKey() {
    Schema ints = new Schema(Types.NestedField.optional(1, "n", Types.IntegerType.get()));
    Schema longs = new Schema(Types.NestedField.optional(1, "n", Types.LongType.get()));
    DictionaryColumn a =
        new KeyCodec(List.of(Types.IntegerType.get()))
            .encode(RowBatch.of(ints, 2, IntColumn.of(-7, 7)), new int[] {0});
    DictionaryColumn b =
        new KeyCodec(List.of(Types.LongType.get()))
            .encode(RowBatch.of(longs, 2, LongColumn.of(-7, 7)), new int[] {0});
    assertThat(a.decode()).isEqualTo(b.decode());
    assertThat(RunOrder.compareBytes(a, 0, b, 1)).isNegative();
  }

  @Test
  void aNullInAnyPartMakesTheKeyNull() {
    RowBatch batch =
        RowBatch.of(
            SCHEMA,
            3,
            BytesColumn.ofStrings("a", null, "a"),
            LongColumn.of(1, 2, 1),
            BytesColumn.ofStrings("b", "b", null));
    DictionaryColumn keys = CODEC.encode(batch, new int[] {0, 1, 2});
    assertThat(keys.isNull(0)).isFalse();
    assertThat(keys.isNull(1)).isTrue();
    assertThat(keys.isNull(2)).isTrue();
  }

  @Test
  void refusesFloatingPointKeys() {
    assertThatThrownBy(() -> new KeyCodec(List.of(Types.DoubleType.get())))
        .hasMessageContaining("a double is no key");
  }

  private static String clean(String text) {
    return new String(text.getBytes(UTF_8), UTF_8);
  }

  private static int compare(String a, String b) {
    return Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8));
  }

  private static RowBatch batch(List<Key> keys) {
    return RowBatch.of(
        SCHEMA,
        keys.size(),
        BytesColumn.ofStrings(keys.stream().map(Key::text).toArray(String[]::new)),
        LongColumn.of(keys.stream().mapToLong(Key::number).toArray()),
        BytesColumn.ofStrings(keys.stream().map(Key::more).toArray(String[]::new)));
  }
}
