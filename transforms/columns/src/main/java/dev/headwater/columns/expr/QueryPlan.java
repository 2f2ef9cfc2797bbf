package dev.headwater.columns.expr;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** How the rows of a query come about: a tree of steps, each with the columns that it gives. */
public sealed interface QueryPlan extends Serializable {
  /** What comes out. */
  Schema schema();

  /** The rows of a table of the project: those of its columns that the query names. */
  record Scan(String table, Schema schema) implements QueryPlan {}

  /** Rows that are chosen, and what is computed of each, or of each group of them. */
  record Selected(QueryPlan from, SelectPlan select) implements QueryPlan {
    @Override
    public Schema schema() {
      return select.schema();
    }
  }

  /** Which rows stay that meet none of the other side. */
  enum Kind {
    INNER,
    LEFT,
    RIGHT,
    FULL;

    public boolean keepsLeft() {
      return this == LEFT || this == FULL;
    }

    public boolean keepsRight() {
      return this == RIGHT || this == FULL;
    }
  }

  /**
   * One side of a join.
   *
   * @param keys what must be equal on both sides; a null equals nothing
   * @param meets rows for which this is not true meet none; null: all may
   */
  record Side(QueryPlan rows, List<Expression> keys, @Nullable Expression meets)
      implements Serializable {
    public Side {
      keys = new ArrayList<>(keys);
    }
  }

  /**
   * Rows of two sides that have the same keys, pair by pair. Without keys, every pair.
   *
   * @param schema the left side's columns, then the right's, perhaps under other names
   */
  record Joined(Kind kind, Side left, Side right, Schema schema) implements QueryPlan {}

  /**
   * What rows are ordered by.
   *
   * @param nullsFirst whether nulls come before all values
   */
  record Order(Expression by, boolean descending, boolean nullsFirst) implements Serializable {}

  /**
   * Rows with what is computed of those around them.
   *
   * @param partition rows of the same values see each other; nulls are the same
   * @param schema the rows' own columns, then one for each call
   */
  record Windowed(
      QueryPlan from,
      List<Expression> partition,
      List<Order> order,
      List<WindowCall> calls,
      Schema schema)
      implements QueryPlan {
    public Windowed {
      partition = new ArrayList<>(partition);
      order = new ArrayList<>(order);
      calls = new ArrayList<>(calls);
    }
  }

  /** The rows of several queries, which all have these columns. */
  record Together(List<QueryPlan> parts, Schema schema) implements QueryPlan {
    public Together {
      parts = new ArrayList<>(parts);
    }
  }
}
