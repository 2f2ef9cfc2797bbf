package dev.headwater.columns.expr;

/** What makes a part of an expression wrong; the compiler notes it with its place and goes on. */
final class Mistake extends RuntimeException {
  private static final long serialVersionUID = 1;

  Mistake(String what) {
    super(what, null, false, false);
  }

  String what() {
    return String.valueOf(getMessage());
  }
}
