package dev.headwater.lineage;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What OpenLineage has no facet for: it stands in one of ours, beside what a run wrote. */
public sealed interface OwnFacet {
  /**
   * How the columns of a feature view are computed.
   *
   * @param from the table that it is computed from
   * @param key whose values they are; empty: all rows together
   * @param time the column of a row's own time
   * @param known when a row is known, as an expression
   * @param windows how far each looks back
   * @param values by name, the aggregates; each has a column for each window
   * @param digest the SHA-256 of the declaration, which changes with any of it
   */
  record Features(
      String from,
      List<String> key,
      String time,
      String known,
      List<String> windows,
      SortedMap<String, String> values,
      String digest)
      implements OwnFacet {
    public Features {
      key = List.copyOf(key);
      windows = List.copyOf(windows);
      values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    public static Features of(
        String from,
        List<String> key,
        String time,
        String known,
        List<String> windows,
        Map<String, String> values,
        String digest) {
      return new Features(from, key, time, known, windows, new TreeMap<>(values), digest);
    }
  }

  /**
   * How far columns are from where they were.
   *
   * @param current the table that was looked at
   * @param against what it was compared with: {@code late@1}, a table
   * @param threshold the distance above which a column has moved
   * @param columns over all rows together
   */
  record Drift(String current, String against, double threshold, List<Distance> columns)
      implements OwnFacet {
    public Drift {
      columns = List.copyOf(columns);
    }
  }

  /**
   * How far a column is.
   *
   * @param psi the population stability index
   * @param least the least that it may be, where sketches told it
   * @param most the most that it may be
   * @param toldBy rows or sketches
   */
  record Distance(
      String column,
      long rows,
      double psi,
      double least,
      double most,
      boolean moved,
      String toldBy) {}

  /**
   * The rows that could not be in the table.
   *
   * @param table where they are
   * @param rows how many this run found
   * @param reasons why, the most frequent first; empty where there are too many to be looked at
   */
  record Letters(String table, long rows, List<Reason> reasons) implements OwnFacet {
    public Letters {
      reasons = List.copyOf(reasons);
    }
  }

  /** Why rows are letters: the code, the column that it is about, if it is, and of how many. */
  record Reason(String code, @Nullable String column, long rows) {}
}
