package dev.headwater.columns.expr;

import java.util.List;
import org.apache.iceberg.types.Type;

/** The arguments of a function's call, brought to the types that it takes. */
record Arguments(List<Node> nodes) {
  int size() {
    return nodes.size();
  }

  Node get(int i) {
    return nodes.get(i);
  }

  Arguments count(String name, int least, int most) {
    if (size() < least || size() > most) {
      String takes = least == most ? "" + least : least + " to " + most;
      throw new Mistake(
          name
              + " takes "
              + takes
              + (most == 1 ? " argument" : " arguments")
              + ", not "
              + size()
              + ".");
    }
    return this;
  }

  Node text(String name, int i) {
    return typed(name, i, SqlTypes.isString(get(i).type), SqlTypes.STRING, "a string");
  }

  List<Node> texts(String name) {
    return java.util.stream.IntStream.range(0, size()).mapToObj(i -> text(name, i)).toList();
  }

  Node integer(String name, int i) {
    return typed(name, i, SqlTypes.isInteger(get(i).type), SqlTypes.LONG, "an integer");
  }

  /** A number as a double. */
  Node real(String name, int i) {
    return typed(name, i, SqlTypes.isNumber(get(i).type), SqlTypes.DOUBLE, "a number");
  }

  /** A number as it is. */
  Node number(String name, int i) {
    boolean number = SqlTypes.isNumber(get(i).type);
    return typed(name, i, number, number ? get(i).type : SqlTypes.LONG, "a number");
  }

  Node time(String name, int i) {
    Node node = Operators.meet(get(i), SqlTypes.TIMESTAMP);
    boolean time = SqlTypes.isDate(node.type) || SqlTypes.isTimestamp(node.type);
    return new Arguments(List.of(node))
        .typed(name, 0, i, time, time ? node.type : SqlTypes.TIMESTAMP, "a date or timestamp");
  }

  private Node typed(String name, int i, boolean fits, Type type, String what) {
    return typed(name, i, i, fits, type, what);
  }

  private Node typed(String name, int i, int shown, boolean fits, Type type, String what) {
    Node node = get(i);
    if (!fits && !node.type.equals(SqlTypes.UNKNOWN)) {
      throw new Mistake(
          name
              + " takes "
              + what
              + (size() > 1 || shown > 0 ? " as argument " + (shown + 1) : "")
              + ", not "
              + SqlTypes.name(node.type)
              + ".");
    }
    return Operators.coerce(node, type);
  }
}
