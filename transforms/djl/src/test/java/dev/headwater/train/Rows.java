package dev.headwater.train;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.model.Hyperparameters;
import dev.headwater.model.ModelInput;
import dev.headwater.model.NetworkSpec;
import dev.headwater.model.SplitBy;
import dev.headwater.model.TrainSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/** Rows whose label depends on their columns in a way that a line cannot tell. */
public final class Rows {
  public static final Schema SCHEMA =
      new Schema(
          Types.NestedField.optional(1, "day", Types.DateType.get()),
          Types.NestedField.optional(2, "x", Types.DoubleType.get()),
          Types.NestedField.optional(3, "hour", Types.IntegerType.get()),
          Types.NestedField.optional(4, "color", Types.StringType.get()),
          Types.NestedField.optional(5, "y", Types.LongType.get()));

  private Rows() {}

  public static TrainSpec spec() {
    return spec(new NetworkSpec.Mlp(List.of(8)), "y > 0");
  }

  public static TrainSpec spec(NetworkSpec network, String label) {
    return new TrainSpec(
        "m",
        List.of(
            new ModelInput("color", "color"),
            new ModelInput("hour", "hour"),
            new ModelInput("x2", "x * 2")),
        label,
        new SplitBy("day", "1970-01-05", "1970-01-07"),
        network,
        new Hyperparameters(7, 128, 12, 12, 0.02, 0.01, "cpu"),
        Map.of("rows", "t@1"));
  }

  public static RowBatch batch(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] day = new int[n];
    double[] x = new double[n];
    int[] hour = new int[n];
    String[] color = new String[n];
    long[] y = new long[n];
    long[] nulls = new long[Bits.words(n)];
    for (int i = 0; i < n; i++) {
      day[i] = random.nextInt(8);
      x[i] = Math.round(random.nextDouble() * 1000) / 100.0;
      hour[i] = random.nextInt(6);
      color[i] = random.nextInt(10) == 0 ? null : "c" + random.nextInt(4);
      boolean late = (hour[i] % 2 == 0) == x[i] > 5;
      y[i] = late != (random.nextInt(10) == 0) ? 1 : 0;
      if (random.nextInt(20) == 0) {
        nulls[i >>> 6] |= 1L << i;
        x[i] = 0;
      }
    }
    return RowBatch.of(
        SCHEMA,
        n,
        IntColumn.of(day, null),
        DoubleColumn.of(x, Bits.of(nulls, n)),
        IntColumn.of(hour, null),
        BytesColumn.ofStrings(color),
        LongColumn.of(y, null));
  }

  static TrainModel.Means means(Path folder, String model) {
    return new TrainModel.Means(
        folder.resolve("scratch").toString(),
        folder.resolve(model).toString(),
        folder.resolve("checkpoints-" + model).toString(),
        1_000_000);
  }

  /** Spills batches through one sink each. */
  static List<Examples> spill(TrainSpec spec, TrainModel.Means means, List<List<RowBatch>> workers)
      throws IOException {
    List<Examples> out = new ArrayList<>();
    for (List<RowBatch> batches : workers) {
      try (var sink = TrainModel.sink(spec, SCHEMA, means).open()) {
        for (RowBatch batch : batches) {
          sink.accept(batch);
        }
        out.addAll(sink.finish());
      }
    }
    return out;
  }
}
