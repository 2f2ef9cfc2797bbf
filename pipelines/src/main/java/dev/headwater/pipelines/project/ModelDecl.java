package dev.headwater.pipelines.project;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A model: which rows at which time, what it sees of them, and what it should tell.
 *
 * @param rows the spine: a table's name
 * @param time the rows' time, at which views are joined
 * @param where an expression that keeps rows, or null: all
 * @param inputs by name, in the order of the names whatever order they were written in: the network
 *     depends on it
 * @param label a boolean expression over the rows
 * @param gates all must hold before the champion moves
 */
public record ModelDecl(
    String name,
    String rows,
    String time,
    @Nullable String where,
    Map<String, Input> inputs,
    String label,
    Split split,
    Network network,
    List<Gate> gates,
    Training training) {
  public ModelDecl {
    inputs = Collections.unmodifiableMap(new TreeMap<>(inputs));
    gates = List.copyOf(gates);
  }
}
