package dev.headwater.table;

import dev.headwater.table.Profile.ColumnProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongToDoubleFunction;

/** Builds a {@link Profile} column by column from sorted values or from exact counts. */
@SuppressWarnings("DoNotCallSuggester")
public final class ProfileBuilder {
  /** How many bins numbers are cut into, fewer where values repeat. */
  public static final int BINS = 20;

  /** How many categories are kept by name. */
  public static final int TOP = 100;

  private final long rows;
  private final List<ColumnProfile> columns = new ArrayList<>();

  private ProfileBuilder(long rows) {
    this.rows = rows;
  }

  public static ProfileBuilder of(long rows) {
    return new ProfileBuilder(rows);
  }

  /** Numbers in ascending order (NaN apart), in an array. */
  public ProfileBuilder numbers(String name, double[] sorted, long nulls, long nans) {
    return numbers(name, sorted.length, i -> sorted[(int) i], nulls, nans);
  }

  /** Numbers in ascending order (NaN apart), wherever they are held: value i of n. */
  public ProfileBuilder numbers(
      String name, long n, LongToDoubleFunction sorted, long nulls, long nans) {
    throw new UnsupportedOperationException("profiles of " + name + " are not yet built");
  }

  /** Numbers by value: how often each occurs; NaN may be among them. */
  public ProfileBuilder numbers(String name, Map<Double, Long> counts, long nulls) {
    throw new UnsupportedOperationException("profiles of " + name + " are not yet built");
  }

  /** Categories by value: how often each occurs. */
  public ProfileBuilder categories(String name, Map<String, Long> counts, long nulls) {
    throw new UnsupportedOperationException("profiles of " + name + " are not yet built");
  }

  public Profile build() {
    return new Profile(rows, columns);
  }
}
