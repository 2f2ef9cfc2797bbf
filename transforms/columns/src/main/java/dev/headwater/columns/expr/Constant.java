package dev.headwater.columns.expr;

import dev.headwater.columns.Column;
import java.util.List;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/** The same value for each row. */
final class Constant extends Node {
  final @Nullable Object value;

  /** Whether it is a string as written, which takes the type of what it is compared with. */
  final boolean literal;

  Constant(Type type, @Nullable Object value, boolean literal) {
    super(type, false, List.of());
    this.value = value;
    this.literal = literal;
  }

  Constant(Type type, @Nullable Object value) {
    this(type, value, false);
  }

  @Override
  Column compute(Rows rows) {
    return Cells.repeat(type, value, rows.size());
  }
}
