package dev.headwater.upsert;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.Values;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Comparators;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * Between which values keys lie, column by column, and which they are where there are few: what
 * files can be ruled out by.
 */
final class KeyBounds implements Serializable {
  private static final long serialVersionUID = 1;

  /** Iceberg compares no more values than this with a file's bounds. */
  private static final int FEW = 200;

  private final List<Part> parts = new ArrayList<>();

  private static final class Part implements Serializable {
    private static final long serialVersionUID = 1;
    private final String name;
    private final Type.PrimitiveType type;
    private final Set<Serializable> few = new HashSet<>();
    private boolean many;
    private @Nullable Serializable min;
    private @Nullable Serializable max;

    Part(String name, Type.PrimitiveType type) {
      this.name = name;
      this.type = type;
    }

    void add(Serializable value, Comparator<Object> order) {
      if (min == null || order.compare(value, min) < 0) {
        min = value;
      }
      if (max == null || order.compare(value, max) > 0) {
        max = value;
      }
      if (!many) {
        few.add(value);
        if (few.size() > FEW) {
          many = true;
          few.clear();
        }
      }
    }
  }

  KeyBounds(Schema schema, List<String> key) {
    for (String name : key) {
      Type type = schema.findType(name);
      switch (type.typeId()) {
        case INTEGER, LONG, DATE, TIME, TIMESTAMP, STRING, DECIMAL ->
            parts.add(new Part(name, type.asPrimitiveType()));
        default -> {}
      }
    }
  }

  /** Takes these rows' keys in; none of them is null. */
  void add(RowBatch batch) {
    for (Part part : parts) {
      Values values = Values.of(batch.column(part.name), part.type);
      Comparator<Object> order = Comparators.forType(part.type);
      for (int row = 0; row < batch.size(); row++) {
        if (values.at(row) instanceof Serializable value) {
          part.add(value, order);
        }
      }
    }
  }

  /** Takes the keys of other bounds of the same columns in. */
  void add(KeyBounds other) {
    for (int i = 0; i < parts.size(); i++) {
      Part mine = parts.get(i);
      Part theirs = other.parts.get(i);
      Comparator<Object> order = Comparators.forType(mine.type);
      if (theirs.many) {
        mine.many = true;
        mine.few.clear();
      }
      theirs.few.forEach(value -> mine.add(value, order));
      Serializable least = theirs.min;
      Serializable most = theirs.max;
      if (least != null && most != null) {
        mine.add(least, order);
        mine.add(most, order);
      }
    }
  }

  /** True for every row with one of the keys; false for all where there is none. */
  Expression expression() {
    Expression out = Expressions.alwaysTrue();
    for (Part part : parts) {
      if (part.min == null) {
        return Expressions.alwaysFalse();
      }
      out =
          Expressions.and(
              out,
              part.many
                  ? Expressions.and(
                      Expressions.greaterThanOrEqual(part.name, part.min),
                      Expressions.lessThanOrEqual(part.name, part.max))
                  : Expressions.in(part.name, part.few.toArray()));
    }
    return out;
  }
}
