package dev.headwater.train;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.model.Encoding;
import dev.headwater.model.TrainSpec;
import dev.headwater.sketch.Profile;
import dev.headwater.sketch.ProfileBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Encodings and profile of the training rows, an input at a time from its sorted values: exact, and
 * the same whatever the order of the rows. One column of 8 bytes a row is in memory.
 */
final class FitEncodings {
  private final TrainSpec spec;
  private final List<List<String>> vocabularies;
  private final List<Encoding> encodings = new ArrayList<>();
  private final ProfileBuilder profile;

  FitEncodings(
      TrainSpec spec,
      List<List<String>> vocabularies,
      List<Boolean> categories,
      SortedExamples train)
      throws IOException {
    this.spec = spec;
    this.vocabularies = vocabularies;
    this.profile = ProfileBuilder.of(train.rows());
    for (int i = 0; i < vocabularies.size(); i++) {
      if (categories.get(i)) {
        category(i, train);
      } else {
        number(i, train);
      }
    }
  }

  List<Encoding> encodings() {
    return encodings;
  }

  Profile profile() {
    return profile.build();
  }

  private void number(int i, SortedExamples train) throws IOException {
    String name = spec.inputs().get(i).name();
    long[] bits = train.bits(i, 0, train.rows());
    double[] values = new double[bits.length];
    int n = 0;
    for (long one : bits) {
      double value = Double.longBitsToDouble(one);
      if (!Double.isNaN(value)) {
        values[n++] = value;
      }
    }
    values = Arrays.copyOf(values, n);
    Arrays.parallelSort(values);
    profile.numbers(name, values, bits.length - n, 0);
    double sum = 0;
    int finite = 0;
    for (double value : values) {
      if (Double.isFinite(value)) {
        sum += value;
        finite++;
      }
    }
    if (finite == 0) {
      throw empty(name, bits.length);
    }
    double mean = sum / finite;
    double squares = 0;
    for (double value : values) {
      if (Double.isFinite(value)) {
        squares += (value - mean) * (value - mean);
      }
    }
    double stddev = StrictMath.sqrt(squares / finite);
    boolean usable = stddev > 0 && Double.isFinite(stddev);
    encodings.add(
        new Encoding.Numeric(name, mean, usable ? stddev : 1, n < bits.length, levels(values)));
  }

  /** The distinct values, if they are few integers, but more than two. */
  private static List<Double> levels(double[] sorted) {
    List<Double> out = new ArrayList<>();
    for (int i = 0; i < sorted.length; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        if (out.size() == Encoding.MAX_LEVELS
            || Double.isInfinite(sorted[i])
            || sorted[i] != StrictMath.rint(sorted[i])) {
          return List.of();
        }
        out.add(sorted[i]);
      }
    }
    return out.size() > 2 ? out : List.of();
  }

  private void category(int i, SortedExamples train) throws IOException {
    String name = spec.inputs().get(i).name();
    List<String> vocabulary = vocabularies.get(i);
    long[] counts = new long[vocabulary.size()];
    long nulls = 0;
    for (long code : train.bits(i, 0, train.rows())) {
      if (code == ExampleRecord.NO_CATEGORY) {
        nulls++;
      } else {
        counts[(int) code]++;
      }
    }
    Map<String, Long> byValue = new TreeMap<>();
    List<Integer> seen = new ArrayList<>();
    for (int code = 0; code < counts.length; code++) {
      if (counts[code] > 0) {
        byValue.put(vocabulary.get(code), counts[code]);
        seen.add(code);
      }
    }
    if (seen.isEmpty()) {
      throw empty(name, train.rows());
    }
    profile.categories(name, byValue, nulls);
    seen.sort(Comparator.comparingLong((Integer code) -> -counts[code]).thenComparing(c -> c));
    List<String> top =
        seen.stream().limit(Encoding.MAX_CATEGORIES).map(vocabulary::get).sorted().toList();
    encodings.add(new Encoding.Categorical(name, nulls > 0, top));
  }

  private static HeadwaterException empty(String name, int rows) {
    return new HeadwaterException(
        Kind.DATA,
        "Cannot train: input " + name + " has no value in any of " + rows + " training rows.",
        "leave the input out, or check the column that it is computed from.");
  }
}
