package dev.headwater.columns.expr;

import dev.headwater.columns.Bits;

/**
 * Loops that compare arrays, one without a branch for each operator; the JIT compiles each well.
 */
final class Comparison {
  /**
   * Two values in order: equal, less and so on. NaN equals nothing and is neither less nor more.
   */
  enum Op {
    EQ("="),
    NE("<>"),
    LT("<"),
    LE("<="),
    GT(">"),
    GE(">=");

    final String sql;

    Op(String sql) {
      this.sql = sql;
    }

    /** The operator with its sides exchanged. */
    Op flip() {
      return switch (this) {
        case LT -> GT;
        case LE -> GE;
        case GT -> LT;
        case GE -> LE;
        default -> this;
      };
    }

    /** What is true where this is false, of values that are not NaN. */
    Op negate() {
      return switch (this) {
        case EQ -> NE;
        case NE -> EQ;
        case LT -> GE;
        case LE -> GT;
        case GT -> LE;
        case GE -> LT;
      };
    }

    boolean holds(int sign) {
      return switch (this) {
        case EQ -> sign == 0;
        case NE -> sign != 0;
        case LT -> sign < 0;
        case LE -> sign <= 0;
        case GT -> sign > 0;
        case GE -> sign >= 0;
      };
    }
  }

  private Comparison() {}

  static boolean[] of(Op op, int[] a, long b) {
    boolean[] out = new boolean[a.length];
    compare(op, a, b, out);
    return out;
  }

  static boolean[] of(Op op, long[] a, long b) {
    boolean[] out = new boolean[a.length];
    compare(op, a, b, out);
    return out;
  }

  static boolean[] of(Op op, long[] a, long[] b) {
    boolean[] out = new boolean[a.length];
    compare(op, a, b, out);
    return out;
  }

  static boolean[] of(Op op, double[] a, double b) {
    boolean[] out = new boolean[a.length];
    compare(op, a, b, out);
    return out;
  }

  static boolean[] of(Op op, double[] a, double[] b) {
    boolean[] out = new boolean[a.length];
    compare(op, a, b, out);
    return out;
  }

  /** Rows that are null hold false. */
  static boolean[] clear(boolean[] values, @org.jspecify.annotations.Nullable Bits nulls) {
    if (nulls != null) {
      for (int row : nulls.positions()) {
        values[row] = false;
      }
    }
    return values;
  }

  private static void compare(Op op, int[] a, long b, boolean[] out) {
    int n = out.length;
    switch (op) {
      case EQ -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] == b;
        }
      }
      case NE -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] != b;
        }
      }
      case LT -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] < b;
        }
      }
      case LE -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] <= b;
        }
      }
      case GT -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] > b;
        }
      }
      case GE -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] >= b;
        }
      }
    }
  }

  private static void compare(Op op, long[] a, long b, boolean[] out) {
    int n = out.length;
    switch (op) {
      case EQ -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] == b;
        }
      }
      case NE -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] != b;
        }
      }
      case LT -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] < b;
        }
      }
      case LE -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] <= b;
        }
      }
      case GT -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] > b;
        }
      }
      case GE -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] >= b;
        }
      }
    }
  }

  private static void compare(Op op, long[] a, long[] b, boolean[] out) {
    int n = out.length;
    switch (op) {
      case EQ -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] == b[i];
        }
      }
      case NE -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] != b[i];
        }
      }
      case LT -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] < b[i];
        }
      }
      case LE -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] <= b[i];
        }
      }
      case GT -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] > b[i];
        }
      }
      case GE -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] >= b[i];
        }
      }
    }
  }

  private static void compare(Op op, double[] a, double b, boolean[] out) {
    int n = out.length;
    switch (op) {
      case EQ -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] == b;
        }
      }
      case NE -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] != b;
        }
      }
      case LT -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] < b;
        }
      }
      case LE -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] <= b;
        }
      }
      case GT -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] > b;
        }
      }
      case GE -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] >= b;
        }
      }
    }
  }

  private static void compare(Op op, double[] a, double[] b, boolean[] out) {
    int n = out.length;
    switch (op) {
      case EQ -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] == b[i];
        }
      }
      case NE -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] != b[i];
        }
      }
      case LT -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] < b[i];
        }
      }
      case LE -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] <= b[i];
        }
      }
      case GT -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] > b[i];
        }
      }
      case GE -> {
        for (int i = 0; i < n; i++) {
          out[i] = a[i] >= b[i];
        }
      }
    }
  }
}
