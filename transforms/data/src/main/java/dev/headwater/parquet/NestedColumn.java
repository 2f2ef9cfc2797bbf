package dev.headwater.parquet;

import dev.headwater.columns.Bits;
import dev.headwater.columns.Column;
import dev.headwater.columns.ListColumn;
import dev.headwater.columns.MapColumn;
import dev.headwater.columns.StructColumn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list, map or struct put together from its primitive columns, by the levels that Parquet keeps
 * with each of their values.
 *
 * <p>An entry of a primitive column begins a value of a node around it if it does not repeat
 * anything within that node, and its definition reaches as far as the list or map that the node is
 * an element of.
 */
final class NestedColumn implements GroupColumn {
  private final NestedNode root;
  private final List<LeafReader> leaves;

  NestedColumn(NestedNode root, List<LeafReader> leaves) {
    this.root = root;
    this.leaves = leaves;
  }

  @Override
  public void skipTo(long row) throws IOException {
    for (LeafReader leaf : leaves) {
      leaf.skipTo(row);
    }
  }

  @Override
  public Column read(int rows) throws IOException {
    Column[] read = new Column[leaves.size()];
    for (int i = 0; i < read.length; i++) {
      read[i] = leaves.get(i).read(rows);
    }
    return column(root, read, rows);
  }

  private Column column(NestedNode node, Column[] read, int slots) {
    if (node instanceof NestedNode.Primitive leaf) {
      return read[leaf.leaf()];
    }
    if (node instanceof NestedNode.Missing missing) {
      return FileColumns.constant(missing.type(), missing.value(), slots);
    }
    if (node instanceof NestedNode.Struct struct) {
      Bits nulls = nulls(struct.place(), slots);
      List<Column> fields = new ArrayList<>();
      for (NestedNode field : struct.fields()) {
        Column values = column(field, read, slots);
        fields.add(
            nulls != null && field instanceof NestedNode.Missing missing && missing.value() != null
                ? FileColumns.constantWhere(missing.type(), missing.value(), nulls)
                : values);
      }
      return StructColumn.of(slots, fields, nulls);
    }
    if (node instanceof NestedNode.Repeated list) {
      int[] offsets = offsets(list, slots);
      Bits nulls = nulls(list.place(), slots);
      Column first = column(list.first(), read, offsets[slots]);
      NestedNode second = list.second();
      return second == null
          ? ListColumn.of(offsets, first, nulls)
          : MapColumn.of(offsets, first, column(second, read, offsets[slots]), nulls);
    }
    throw new IllegalStateException("no rule for " + node);
  }

  /** Which values of a node are null; Java's null where none is. */
  private @Nullable Bits nulls(NestedNode.Place place, int slots) {
    if (place.defined() == place.least()) {
      return null;
    }
    LeafReader leaf = leaves.get(place.leaf());
    int[] definitions = leaf.definitions();
    int[] repetitions = leaf.repetitions();
    long @Nullable [] words = null;
    int slot = 0;
    for (int i = 0; i < leaf.count(); i++) {
      if (repetitions[i] <= place.repeats() && definitions[i] >= place.least()) {
        if (definitions[i] < place.defined()) {
          words = words == null ? new long[Bits.words(slots)] : words;
          words[slot >>> 6] |= 1L << slot;
        }
        slot++;
      }
    }
    check(slot, slots);
    return words == null ? null : Bits.of(words, slots);
  }

  private int[] offsets(NestedNode.Repeated list, int slots) {
    NestedNode.Place place = list.place();
    LeafReader leaf = leaves.get(place.leaf());
    int[] definitions = leaf.definitions();
    int[] repetitions = leaf.repetitions();
    int[] out = new int[slots + 1];
    int slot = -1;
    int elements = 0;
    for (int i = 0; i < leaf.count(); i++) {
      if (repetitions[i] <= place.repeats() && definitions[i] >= place.least()) {
        if (++slot == slots) {
          break;
        }
        out[slot] = elements;
      }
      if (repetitions[i] <= place.repeats() + 1 && definitions[i] >= list.filled()) {
        elements++;
      }
    }
    check(slot + 1, slots);
    out[slots] = elements;
    return out;
  }

  private static void check(int found, int expected) {
    if (found != expected) {
      throw new IllegalArgumentException(
          "its levels tell of " + found + " values where others tell of " + expected);
    }
  }
}
