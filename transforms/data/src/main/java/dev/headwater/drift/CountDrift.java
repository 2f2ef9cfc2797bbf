package dev.headwater.drift;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DecimalColumn;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.FloatColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.sketch.Profile;
import dev.headwater.sketch.Profile.Categories;
import dev.headwater.sketch.Profile.ColumnProfile;
import dev.headwater.sketch.Profile.Numbers;
import dev.headwater.table.BatchSink;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts batches into a profile's bins, by period. */
final class CountDrift implements BatchSink<DriftCounts> {
  private final List<ColumnProfile> columns;
  private final @Nullable String time;
  private final Period period;
  private final DriftCounts counts = new DriftCounts();
  private final Map<String, double[]> edges = new HashMap<>();
  private final Map<String, Map<String, Integer>> codes = new HashMap<>();

  CountDrift(Profile profile, @Nullable String time, Period period) {
    this.columns = profile.columns();
    this.time = time;
    this.period = period;
    for (ColumnProfile column : columns) {
      if (column instanceof Numbers n) {
        edges.put(n.name(), n.edges().stream().mapToDouble(d -> d).toArray());
      } else if (column instanceof Categories c) {
        Map<String, Integer> code = new HashMap<>();
        c.top().forEach(t -> code.put(t.value(), code.size()));
        codes.put(c.name(), code);
      }
    }
  }

  @Override
  public void accept(RowBatch batch) {
    long[][][] target = new long[batch.size()][][];
    periods(batch, target);
    for (int c = 0; c < columns.size(); c++) {
      int[] slots = slots(columns.get(c), find(batch, columns.get(c).name()));
      for (int i = 0; i < slots.length; i++) {
        target[i][c][slots[i]]++;
      }
    }
  }

  private static Column find(RowBatch batch, String name) {
    if (batch.schema().findField(name) == null) {
      throw new HeadwaterException(
          Kind.FAILED,
          "Cannot compare column "
              + name
              + ", which the model was trained on: it is not in the"
              + " current table.",
          "score with a version of the model that keeps its inputs, or choose that table.");
    }
    return batch.column(name);
  }

  private void periods(RowBatch batch, long[][][] target) {
    Column column = time == null ? null : find(batch, time);
    long last = 0;
    long[][] lastCounts = null;
    for (int i = 0; i < target.length; i++) {
      long start = DriftCounts.NO_PERIOD;
      if (column != null && !column.isNull(i)) {
        long micros =
            column instanceof IntColumn days
                ? days.values()[i] * 86_400_000_000L
                : ((LongColumn) column).values()[i];
        start = period.start(micros);
      }
      if (lastCounts == null || start != last) {
        last = start;
        lastCounts = counts.of(start, columns);
      }
      target[i] = lastCounts;
    }
  }

  private int[] slots(ColumnProfile profile, Column column) {
    int nulls = DriftCounts.slots(profile) - 1;
    int[] out = new int[column.size()];
    if (profile instanceof Numbers) {
      double[] bounds = edges.getOrDefault(profile.name(), new double[0]);
      double[] values = doubles(column, profile.name());
      for (int i = 0; i < out.length; i++) {
        out[i] =
            column.isNull(i) ? nulls : Double.isNaN(values[i]) ? nulls - 1 : bin(bounds, values[i]);
      }
      return out;
    }
    Map<String, Integer> code = codes.getOrDefault(profile.name(), Map.of());
    if (column instanceof DictionaryColumn d) {
      int[] byEntry = new int[d.dictionary().size()];
      for (int e = 0; e < byEntry.length; e++) {
        byEntry[e] = code.getOrDefault(d.dictionary().string(e), nulls - 1);
      }
      for (int i = 0; i < out.length; i++) {
        out[i] = d.isNull(i) ? nulls : byEntry[d.codes()[i]];
      }
    } else {
      for (int i = 0; i < out.length; i++) {
        out[i] = column.isNull(i) ? nulls : code.getOrDefault(text(column, i), nulls - 1);
      }
    }
    return out;
  }

  /** How many edges are at most this value. */
  static int bin(double[] edges, double value) {
    int at = Arrays.binarySearch(edges, value + 0.0);
    return at >= 0 ? at + 1 : -at - 1;
  }

  private static String text(Column column, int row) {
    if (column instanceof BytesColumn c) {
      return c.string(row);
    } else if (column instanceof BooleanColumn c) {
      return String.valueOf(c.values()[row]);
    } else if (column instanceof IntColumn c) {
      return String.valueOf(c.values()[row]);
    } else if (column instanceof LongColumn c) {
      return String.valueOf(c.values()[row]);
    }
    throw new IllegalStateException("categories are strings, booleans or integers");
  }

  private static double[] doubles(Column column, String name) {
    if (column instanceof DoubleColumn c) {
      return c.values();
    }
    double[] out = new double[column.size()];
    for (int i = 0; i < out.length; i++) {
      if (column instanceof LongColumn c) {
        out[i] = c.values()[i];
      } else if (column instanceof IntColumn c) {
        out[i] = c.values()[i];
      } else if (column instanceof FloatColumn c) {
        out[i] = c.values()[i];
      } else if (column instanceof BooleanColumn c) {
        out[i] = c.values()[i] ? 1 : 0;
      } else if (column instanceof DecimalColumn c) {
        out[i] = c.get(i).doubleValue();
      } else {
        throw new HeadwaterException(
            Kind.FAILED,
            "Cannot compare column " + name + ": it was trained on as numbers, and holds none now.",
            "score with the model's own version of the column.");
      }
    }
    return out;
  }

  @Override
  public List<DriftCounts> finish() {
    return List.of(counts);
  }

  @Override
  public void close() {}
}
