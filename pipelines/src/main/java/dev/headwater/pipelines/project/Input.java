package dev.headwater.pipelines.project;

import java.util.List;

/** One input of a model: an expression over its rows, or all the columns of a view. */
public sealed interface Input {
  /** {@code distance}, {@code extract(hour from date)}: one input named as in the map. */
  record Of(String expression) implements Input {}

  /**
   * A view joined as of the row's time; its columns are {@code <name>__<value>_<window>}.
   *
   * @param key the rows' columns that hold the view's key, in the order of the view's key
   */
  record View(String view, List<String> key) implements Input {
    public View {
      key = List.copyOf(key);
    }
  }
}
