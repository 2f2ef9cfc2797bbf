package dev.headwater.columns.expr;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.types.Type;

/** All functions by name. */
final class Functions {
  /** Checks the arguments of a call and makes a node of it. */
  interface Maker {
    Node make(Arguments arguments);
  }

  static final Map<String, Maker> ALL = new TreeMap<>();

  private Functions() {}

  static {
    TextFunctions.addTo(ALL);
    NumberFunctions.addTo(ALL);
    TimeFunctions.addTo(ALL);
  }

  /** A call of plain Java for each row, on values as {@link Call} holds them. */
  static Node call(Type type, boolean fails, Call.Function function, List<Node> arguments) {
    return new Call(type, fails, function, arguments);
  }
}
