package dev.headwater.benchmarks;

import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/** Batches of ten columns that look like flights: sorted minutes, small integers, airports. */
final class Flights {
  static final Schema SCHEMA =
      new Schema(
          NestedField.required(1, "date", Types.TimestampType.withoutZone()),
          NestedField.required(2, "delay", Types.IntegerType.get()),
          NestedField.required(3, "distance", Types.IntegerType.get()),
          NestedField.required(4, "origin", Types.StringType.get()),
          NestedField.required(5, "destination", Types.StringType.get()),
          NestedField.required(6, "mean_delay", Types.DoubleType.get()),
          NestedField.required(7, "late_share", Types.DoubleType.get()),
          NestedField.required(8, "flights", Types.LongType.get()),
          NestedField.required(9, "hour", Types.IntegerType.get()),
          NestedField.required(10, "late", Types.IntegerType.get()));

  private static final BytesColumn AIRPORTS =
      BytesColumn.ofStrings(
          IntStream.range(0, 250)
              .mapToObj(i -> "" + (char) ('A' + i % 26) + (char) ('A' + i / 26) + 'X')
              .toArray(String[]::new));

  private Flights() {}

  static RowBatch batch(long seed, int rows) {
    Random random = new Random(seed);
    long[] date = new long[rows];
    int[] delay = new int[rows];
    int[] distance = new int[rows];
    int[] origin = new int[rows];
    int[] destination = new int[rows];
    double[] mean = new double[rows];
    double[] share = new double[rows];
    long[] flights = new long[rows];
    int[] hour = new int[rows];
    long minute = 16_300_000 + seed * 300;
    for (int i = 0; i < rows; i++) {
      minute += random.nextInt(8) == 0 ? 1 : 0;
      date[i] = 60_000_000L * minute;
      delay[i] = random.nextInt(120) - 30;
      distance[i] = 50 + random.nextInt(2_500);
      origin[i] = random.nextInt(250);
      destination[i] = random.nextInt(250);
      mean[i] = random.nextDouble() * 20;
      share[i] = random.nextDouble();
      flights[i] = random.nextInt(2_000);
      hour[i] = (int) (minute / 60 % 24);
    }
    Column[] columns = {
      LongColumn.of(date),
      IntColumn.of(delay),
      IntColumn.of(distance),
      DictionaryColumn.of(origin, AIRPORTS, null),
      DictionaryColumn.of(destination, AIRPORTS, null),
      DoubleColumn.of(mean),
      DoubleColumn.of(share),
      LongColumn.of(flights),
      IntColumn.of(hour),
      IntColumn.of(new int[rows])
    };
    return RowBatch.of(SCHEMA, rows, columns);
  }
}
