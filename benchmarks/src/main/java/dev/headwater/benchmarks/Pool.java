package dev.headwater.benchmarks;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/**
 * Batches of {@value #ROWS} rows of about 1 KB in memory, {@value #BATCHES} of them, given out
 * again and again with other ids: a text of words, which compresses to about a third, and four
 * short columns.
 */
final class Pool {
  static final int ROWS = 1_000;
  static final Schema SCHEMA =
      new Schema(
          NestedField.required(1, "id", Types.LongType.get()),
          NestedField.optional(2, "at", Types.TimestampType.withoutZone()),
          NestedField.optional(3, "kind", Types.StringType.get()),
          NestedField.optional(4, "value", Types.DoubleType.get()),
          NestedField.optional(5, "text", Types.StringType.get()));
  private static final int BATCHES = 32;
  private static final int TEXT_BYTES = 980;

  private static final RowBatch[] ALL = make();

  private Pool() {}

  private static RowBatch[] make() {
    SplittableRandom random = new SplittableRandom(42);
    byte[][] words = new byte[4_000][];
    for (int i = 0; i < words.length; i++) {
      StringBuilder word = new StringBuilder();
      for (int length = 3 + random.nextInt(9); length > 0; length--) {
        word.append((char) ('a' + random.nextInt(26)));
      }
      words[i] = word.append(' ').toString().getBytes(StandardCharsets.US_ASCII);
    }
    BytesColumn kinds = BytesColumn.ofStrings("view", "click", "order", "return", "search");
    RowBatch[] out = new RowBatch[BATCHES];
    for (int batch = 0; batch < BATCHES; batch++) {
      byte[] text = new byte[ROWS * TEXT_BYTES];
      int[] offsets = new int[ROWS + 1];
      int[] codes = new int[ROWS];
      double[] values = new double[ROWS];
      for (int row = 0; row < ROWS; row++) {
        int end = (row + 1) * TEXT_BYTES;
        for (int at = row * TEXT_BYTES; at < end; ) {
          byte[] word = words[random.nextInt(words.length)];
          int length = Math.min(word.length, end - at);
          System.arraycopy(word, 0, text, at, length);
          at += length;
        }
        offsets[row + 1] = end;
        codes[row] = random.nextInt(5);
        values[row] = random.nextDouble();
      }
      out[batch] =
          RowBatch.of(
              SCHEMA,
              ROWS,
              LongColumn.of(new long[ROWS]),
              LongColumn.of(new long[ROWS]),
              DictionaryColumn.of(codes, kinds, null),
              DoubleColumn.of(values, null),
              BytesColumn.of(text, offsets, null));
    }
    return out;
  }

  /** The batch of this number, whose rows are of this moment. */
  static RowBatch batch(long number, long micros) {
    RowBatch of = ALL[(int) (number % BATCHES)];
    long[] ids = new long[ROWS];
    Arrays.setAll(ids, row -> number * ROWS + row);
    long[] times = new long[ROWS];
    Arrays.fill(times, micros);
    return RowBatch.of(
        SCHEMA,
        ROWS,
        LongColumn.of(ids),
        LongColumn.of(times),
        of.column(2),
        of.column(3),
        of.column(4));
  }
}
