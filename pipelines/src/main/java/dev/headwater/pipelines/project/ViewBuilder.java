package dev.headwater.pipelines.project;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A feature view while it is declared. */
public final class ViewBuilder implements Supplier<ViewDecl> {
  private final String name;
  private final RowSource from;
  private List<String> key = List.of();
  private List<Window> windows = List.of();
  private final Map<String, String> values = new LinkedHashMap<>();
  private @Nullable String time;
  private @Nullable String known;

  ViewBuilder(String name, RowSource from) {
    this.name = name;
    this.from = from;
  }

  /** The key's columns; a view without is of all rows. */
  public ViewBuilder key(String... columns) {
    key = List.of(columns);
    return this;
  }

  /** The column with the points' time; the table's by default. */
  public ViewBuilder time(String column) {
    time = column;
    return this;
  }

  /** When a row becomes known; at its time by default. */
  public ViewBuilder known(String expression) {
    known = expression;
    return this;
  }

  /** How far back: "3h", "24h", "7d". */
  public ViewBuilder windows(String... texts) {
    windows = List.of(texts).stream().map(Window::new).toList();
    return this;
  }

  /** One more value: a name and an aggregate. */
  public ViewBuilder value(String value, String aggregate) {
    values.put(value, aggregate);
    return this;
  }

  /** This view as a model's input, by these columns of the model's rows. */
  public Input on(String... columns) {
    return new Input.View(name, List.of(columns));
  }

  @Override
  public ViewDecl get() {
    String point = Values.or(time, from.time());
    return new ViewDecl(name, from.name(), key, point, Values.or(known, point), windows, values);
  }
}
