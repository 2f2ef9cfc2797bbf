package dev.headwater.sketch;

import java.io.Serializable;
import java.util.List;

/**
 * How the columns of a data set are distributed: exact counts in bins that depend on the values
 * alone, never on their order. A model keeps the profile of what it was trained on; drift counts
 * later data into the same bins.
 *
 * @param rows how many rows were seen
 */
public record Profile(long rows, List<ColumnProfile> columns) implements Serializable {
  public Profile {
    columns = List.copyOf(columns);
  }

  /** One column's distribution. */
  public sealed interface ColumnProfile extends Serializable permits Numbers, Categories {
    String name();

    /** Rows without a value. */
    long nulls();
  }

  /**
   * Numbers in bins: bin 0 holds values below {@code edges[0]}, bin i those from {@code edges[i -
   * 1]} (inclusive) to {@code edges[i]} (exclusive), the last one those from the last edge on.
   *
   * @param edges ascending, each once; the quantiles of the values, so few where values repeat
   * @param counts one more than edges
   * @param nans values that are not numbers; infinities are in the outer bins
   * @param mean of the finite values; NaN if there are none
   * @param stddev of the finite values, divided by n; NaN if there are none
   * @param min the least value that is a number; NaN if there are none
   * @param max the greatest; NaN if there are none
   */
  public record Numbers(
      String name,
      List<Double> edges,
      List<Long> counts,
      long nulls,
      long nans,
      double mean,
      double stddev,
      double min,
      double max)
      implements ColumnProfile {
    public Numbers {
      edges = List.copyOf(edges);
      counts = List.copyOf(counts);
      if (counts.size() != edges.size() + 1) {
        throw new IllegalArgumentException(
            "column "
                + name
                + ": "
                + counts.size()
                + " counts for "
                + edges.size()
                + " edges; one more is needed");
      }
      for (int i = 1; i < edges.size(); i++) {
        if (!(edges.get(i - 1) < edges.get(i))) {
          throw new IllegalArgumentException("column " + name + ": edges must ascend");
        }
      }
    }
  }

  /**
   * Categories: the most frequent values with their counts, ties by value, and how many rows hold
   * another one.
   */
  public record Categories(String name, List<Category> top, long other, long nulls)
      implements ColumnProfile {
    public Categories {
      top = List.copyOf(top);
    }
  }

  /** One value and the number of rows that hold it. */
  public record Category(String value, long count) implements Serializable {}

  /** The profile as one JSON document, the same bytes for the same profile. */
  public String toJson() {
    return ProfileJson.write(this);
  }

  /**
   * Reads {@link #toJson}.
   *
   * @throws IllegalArgumentException if it is not a profile, or of a newer format
   */
  public static Profile fromJson(String json) {
    return ProfileJson.read(json);
  }
}
