package dev.headwater.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.columns.Bits;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.RowBatchBytes;
import dev.headwater.columns.RowBatches;
import dev.headwater.columns.Values;
import dev.headwater.table.RandomRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.jspecify.annotations.Nullable;

class RowBatchPropertyTest {
  @Property(tries = 300)
  void rowsComeBackFromTheirColumns(@ForAll long seed, @ForAll @IntRange(max = 150) int size) {
    RandomRows random = new RandomRows(seed);
    Schema schema = random.schema();
    List<@Nullable Object[]> rows = random.rows(schema, size);

    same(RandomRows.batch(schema, rows), rows);
  }

  @Property(tries = 300)
  void batchesComeBackFromTheirBytes(@ForAll long seed, @ForAll @IntRange(max = 150) int size) {
    RandomRows random = new RandomRows(seed);
    Schema schema = random.schema();
    List<@Nullable Object[]> rows = random.rows(schema, size);
    RowBatch batch = RandomRows.batch(schema, rows);

    byte[] bytes = RowBatchBytes.encode(batch);
    RowBatch back = RowBatchBytes.decode(bytes);

    assertThat(back).isEqualTo(batch);
    same(back, rows);
    assertThat(RowBatchBytes.encode(back)).isEqualTo(bytes);
    assertThat(RowBatchBytes.encode(RandomRows.batch(schema, rows))).isEqualTo(bytes);
  }

  @Property(tries = 200)
  void batchesComeBackFromBeamsRowsAndTheirCoder(
      @ForAll long seed, @ForAll @IntRange(max = 40) int size) throws Exception {
    RandomRows random = new RandomRows(seed);
    Schema schema = random.schema();
    RowBatch batch = RandomRows.batch(schema, random.rows(schema, size));
    RowCoder coder = RowCoder.of(BeamRows.schema(schema));
    List<Row> rows = BeamRows.rows(batch);
    List<Row> sent = new ArrayList<>();
    for (Row row : rows) {
      sent.add(CoderUtils.clone(coder, row));
    }

    assertThat(BeamRows.batch(schema, rows)).isEqualTo(batch);
    // Equal as Java's doubles are, since Beam's own coder forgets which NaN it was.
    assertThat(BeamRows.rows(BeamRows.batch(schema, sent))).isEqualTo(rows);
    BeamRows.check(BeamRows.schema(schema), schema);
  }

  @Property(tries = 200)
  void batchesComeBackFromRecords(@ForAll long seed, @ForAll @IntRange(max = 40) int size) {
    RandomRows random = new RandomRows(seed);
    Schema schema = random.schema();
    RowBatch batch = RandomRows.batch(schema, random.rows(schema, size));

    RowBatchBuilder back = new RowBatchBuilder(schema);
    for (Record record : RecordRows.of(batch)) {
      back.append(
          (Object[]) Objects.requireNonNull(RecordRows.fromIceberg(record, schema.asStruct())));
    }
    assertThat(back.build()).isEqualTo(batch);
  }

  @Property(tries = 200)
  void slicesGathersFiltersAndConcatenationsAreThoseOfTheRows(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 200) int size) {
    RandomRows random = new RandomRows(seed);
    Schema schema = random.schema();
    List<@Nullable Object[]> rows = random.rows(schema, size);
    RowBatch batch = RandomRows.batch(schema, rows);
    Random dice = new Random(seed);

    int from = dice.nextInt(size);
    int to = from + dice.nextInt(size - from + 1);
    same(batch.slice(from, to), rows.subList(from, to));

    int[] picks = dice.ints(dice.nextInt(2 * size), 0, size).toArray();
    same(batch.gather(picks), Arrays.stream(picks).mapToObj(rows::get).toList());

    long[] words = dice.longs(Bits.words(size)).toArray();
    Bits keep = Bits.of(words, size);
    List<@Nullable Object[]> kept = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      if (keep.get(i)) {
        kept.add(rows.get(i));
      }
    }
    same(batch.filter(keep), kept);

    List<@Nullable Object[]> other = random.rows(schema, dice.nextInt(100));
    List<@Nullable Object[]> all = new ArrayList<>(rows.subList(0, from));
    all.addAll(other);
    all.addAll(rows.subList(from, size));
    RowBatch concat =
        RowBatches.concat(
            List.of(
                batch.slice(0, from), RandomRows.batch(schema, other), batch.slice(from, size)));
    same(concat, all);
    same(RowBatchBytes.decode(RowBatchBytes.encode(concat)), all);
  }

  private static void same(RowBatch batch, List<@Nullable Object[]> rows) {
    assertThat(batch.size()).isEqualTo(rows.size());
    for (int i = 0; i < batch.columns().size(); i++) {
      Values values = Values.of(batch.column(i), batch.schema().columns().get(i).type());
      for (int row = 0; row < rows.size(); row++) {
        Object[] actual = {values.at(row)};
        Object[] expected = {rows.get(row)[i]};
        assertThat(Arrays.deepEquals(plain(actual), plain(expected)))
            .as("column %s row %s: %s", i, row, Arrays.deepToString(actual))
            .isTrue();
      }
    }
  }

  /**
   * Bits instead of floating point, arrays instead of lists and maps, so that equal means equal.
   */
  private static Object[] plain(@Nullable Object[] values) {
    Object[] out = new Object[values.length];
    for (int i = 0; i < out.length; i++) {
      Object value = values[i];
      if (value instanceof Double d) {
        out[i] = Double.doubleToRawLongBits(d);
      } else if (value instanceof Float f) {
        out[i] = Float.floatToRawIntBits(f);
      } else if (value instanceof List<?> list) {
        out[i] = plain(list.toArray());
      } else if (value instanceof Map<?, ?> map) {
        out[i] =
            new Object[] {
              plain(map.keySet().toArray()), plain(new ArrayList<>(map.values()).toArray())
            };
      } else if (value instanceof Object[] struct) {
        out[i] = plain(struct);
      } else {
        out[i] = value == null ? "null" : value;
      }
    }
    return out;
  }
}
