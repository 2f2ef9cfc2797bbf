package dev.headwater.columns.expr;

import dev.headwater.columns.Column;
import dev.headwater.columns.StructColumn;
import java.util.List;
import org.apache.iceberg.types.Type;

/** A column, or a field of a struct within it. */
final class Read extends Node {
  final int top;
  final String name;
  private final List<Integer> path;

  Read(int top, String name, List<Integer> path, Type type) {
    super(type, false, List.of());
    this.top = top;
    this.name = name;
    this.path = List.copyOf(path);
    columns.add(top);
  }

  /** Whether it is a top-level column. */
  boolean isTop() {
    return path.isEmpty();
  }

  @Override
  Column compute(Rows rows) {
    Column column = rows.column(top);
    for (int field : path) {
      column = ((StructColumn) column).fields().get(field);
    }
    return column;
  }
}
