package dev.headwater.pipelines.project;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A feature view: the history of what was known about a key (or, without one, about all).
 *
 * @param from the table's name
 * @param key the key's columns; empty for a view of everything
 * @param time the column with the rows' event time: the points at which there is a value
 * @param known the expression that says when a row becomes known; the time column by default
 * @param windows each looks back over [t - window, t) of what was known
 * @param values name to aggregate: {@code mean_delay: avg(delay)}; columns are {@code
 *     mean_delay_24h}
 */
public record ViewDecl(
    String name,
    String from,
    List<String> key,
    String time,
    String known,
    List<Window> windows,
    Map<String, String> values) {
  public ViewDecl {
    key = List.copyOf(key);
    windows = List.copyOf(windows);
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** The name of a value's column. */
  public static String column(String value, Window window) {
    return value + "_" + window;
  }
}
