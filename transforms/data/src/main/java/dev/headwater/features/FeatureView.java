package dev.headwater.features;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;

import dev.headwater.columns.expr.Aggregate;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * A feature view: what is aggregated, by which key, over which times before now. Expressions and
 * aggregates are SQL over the columns of the table it is computed from; {@link #schema} checks them
 * against its schema.
 *
 * <p>Its table has a row for each distinct (key, time): the key columns, the time column, then
 * {@code <value>_<window>} for each value and window, the value first.
 *
 * @param keys key columns, empty for a view over all rows
 * @param time the column with a row's time: a timestamp
 * @param known when a row becomes known (SQL, a timestamp); Java's null: at its time
 * @param windows each looks at what was known in [t - width, t)
 * @param values names and aggregates ({@code mean_delay -> avg(delay)}), in the declared order
 */
public record FeatureView(
    String name,
    List<String> keys,
    String time,
    @Nullable String known,
    List<Window> windows,
    Map<String, String> values)
    implements Serializable {
  public FeatureView {
    Objects.requireNonNull(name);
    Objects.requireNonNull(time);
    keys = List.copyOf(keys);
    windows = List.copyOf(windows);
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    if (windows.isEmpty() || values.isEmpty()) {
      throw new IllegalArgumentException(
          "feature view " + name + " has no " + (windows.isEmpty() ? "windows" : "values"));
    }
    Set<String> names = new TreeSet<>();
    for (String column : keys) {
      distinct(name, names, column);
    }
    distinct(name, names, time);
    for (String value : values.keySet()) {
      for (Window window : windows) {
        distinct(name, names, column(value, window));
      }
    }
  }

  /** The longest of its windows, in microseconds. */
  public long longest() {
    return windows.stream().mapToLong(Window::micros).max().orElseThrow();
  }

  /**
   * The schema of its table, from its source's.
   *
   * @throws dev.headwater.columns.expr.ExpressionException if a value does not fit the source
   * @throws IllegalArgumentException if a key or the time is not a column of the source
   */
  public Schema schema(Schema source) {
    List<Types.NestedField> fields = new ArrayList<>();
    for (String key : keys) {
      fields.add(required(fields.size() + 1, key, type(source, key)));
    }
    fields.add(required(fields.size() + 1, time, type(source, time)));
    for (Map.Entry<String, String> value : values.entrySet()) {
      Aggregate aggregate = Aggregate.parse(value.getValue(), source);
      boolean counts = aggregate.function() == Aggregate.Function.COUNT;
      for (Window window : windows) {
        String column = column(value.getKey(), window);
        fields.add(
            counts
                ? required(fields.size() + 1, column, aggregate.type())
                : optional(fields.size() + 1, column, aggregate.type()));
      }
    }
    return new Schema(fields);
  }

  private Type type(Schema source, String column) {
    Types.NestedField field = source.findField(column);
    if (field == null) {
      throw new IllegalArgumentException(
          "feature view " + name + " needs column '" + column + "', which its table lacks");
    }
    return field.type();
  }

  /** The name of a value's column for a window. */
  public static String column(String value, Window window) {
    return value + "_" + window.label();
  }

  private static void distinct(String view, Set<String> names, String column) {
    if (!names.add(column)) {
      throw new IllegalArgumentException(
          "feature view " + view + " would have two columns named " + column);
    }
  }
}
