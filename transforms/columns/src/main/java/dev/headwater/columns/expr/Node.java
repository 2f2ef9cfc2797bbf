package dev.headwater.columns.expr;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.apache.iceberg.types.Type;

/**
 * A step of a compiled expression. What depends on one dictionary-coded column alone is computed
 * once for each of the dictionary's entries.
 */
abstract class Node {
  final Type type;
  final List<Node> children;

  /** Whether a row may have no value, so that it may only be asked for rows that need it. */
  final boolean fails;

  /** Positions of the top-level columns that are read. */
  final TreeSet<Integer> columns = new TreeSet<>();

  /** Where it stands in the text; for messages. */
  int line = 1;

  int column = 1;

  Node(Type type, boolean fails, List<Node> children) {
    this.type = type;
    this.children = children;
    this.fails = fails || children.stream().anyMatch(c -> c.fails);
    children.forEach(c -> columns.addAll(c.columns));
  }

  /** The values, computed for all rows. */
  abstract Column compute(Rows rows);

  final Column evaluate(Rows rows) {
    if (columns.size() != 1 || children.isEmpty()) {
      return compute(rows);
    }
    int only = columns.first();
    if (!(rows.column(only) instanceof DictionaryColumn coded)
        || coded.dictionary().size() >= rows.size()) {
      return compute(rows);
    }
    try {
      return spread(compute(rows.only(only, entries(coded))), coded);
    } catch (RowFault unusedEntryPerhaps) {
      return compute(rows.with(only, coded.decode()));
    }
  }

  /** The dictionary, and a null at its end if there are rows that are null. */
  private static BytesColumn entries(DictionaryColumn coded) {
    BytesColumn dictionary = coded.dictionary();
    if (coded.nulls() == null) {
      return dictionary;
    }
    int n = dictionary.size();
    int[] offsets = Arrays.copyOf(dictionary.offsets(), n + 2);
    offsets[n + 1] = offsets[n];
    long[] nulls = new long[Bits.words(n + 1)];
    nulls[n >>> 6] |= 1L << n;
    return BytesColumn.of(dictionary.data(), offsets, Bits.of(nulls, n + 1));
  }

  private static Column spread(Column byEntry, DictionaryColumn coded) {
    int[] codes = coded.codes();
    Bits nulls = coded.nulls();
    if (nulls != null) {
      codes = codes.clone();
      for (int row : nulls.positions()) {
        codes[row] = coded.dictionary().size();
      }
    }
    return byEntry instanceof BytesColumn bytes ? Cells.coded(bytes, codes) : byEntry.gather(codes);
  }

  final RowFault fault(int row, String what) {
    return new RowFault(row, this, what);
  }
}
