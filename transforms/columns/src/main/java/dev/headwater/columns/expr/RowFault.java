package dev.headwater.columns.expr;

/**
 * A row that has no value: division by zero, an overflow, a cast that fails. Has no stack trace.
 */
final class RowFault extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int row;
  private final transient Node node;

  RowFault(int row, Node node, String what) {
    super(what, null, false, false);
    this.row = row;
    this.node = node;
  }

  int row() {
    return row;
  }

  Node node() {
    return node;
  }

  String what() {
    return String.valueOf(getMessage());
  }

  /** The same fault, seen from where the rows were chosen. */
  RowFault in(int[] positions) {
    return new RowFault(positions[row], node, what());
  }
}
