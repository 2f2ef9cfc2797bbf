package dev.headwater.validate;

import dev.headwater.columns.Bits;
import dev.headwater.columns.BytesColumn;
import dev.headwater.columns.Column;
import dev.headwater.columns.DictionaryColumn;
import dev.headwater.columns.DoubleColumn;
import dev.headwater.columns.FloatColumn;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.Values;
import java.util.function.DoublePredicate;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/** Rows of one column that fail a test, one pass over its array. A null never fails. */
final class ColumnTests {
  private ColumnTests() {}

  static @Nullable Bits longs(Column column, LongPredicate good) {
    long[] bad = new long[Bits.words(column.size())];
    boolean any = false;
    for (int i = 0; i < column.size(); i++) {
      long value =
          column instanceof LongColumn c ? c.values()[i] : ((IntColumn) column).values()[i];
      if (!good.test(value)) {
        bad[i >>> 6] |= 1L << i;
        any = true;
      }
    }
    return any ? present(column, bad) : null;
  }

  /** Rows below or above the bounds. */
  static @Nullable Bits outside(LongColumn column, long least, long greatest) {
    long[] values = column.values();
    boolean any = false;
    for (long value : values) {
      any |= value < least || value > greatest;
    }
    return any ? longs(column, v -> v >= least && v <= greatest) : null;
  }

  static @Nullable Bits doubles(Column column, DoublePredicate good) {
    long[] bad = new long[Bits.words(column.size())];
    boolean any = false;
    for (int i = 0; i < column.size(); i++) {
      double value =
          column instanceof DoubleColumn c ? c.values()[i] : ((FloatColumn) column).values()[i];
      if (!good.test(value)) {
        bad[i >>> 6] |= 1L << i;
        any = true;
      }
    }
    return any ? present(column, bad) : null;
  }

  /** Texts; those of a dictionary are tested once each. */
  static @Nullable Bits texts(Column column, Predicate<String> good) {
    long[] bad = new long[Bits.words(column.size())];
    boolean any = false;
    if (column instanceof DictionaryColumn coded) {
      // 0: not tested yet, 1: good, 2: bad
      byte[] known = new byte[coded.dictionary().size()];
      for (int i = 0; i < column.size(); i++) {
        int code = coded.codes()[i];
        if (column.isNull(i)) {
          continue;
        }
        if (known[code] == 0) {
          known[code] = (byte) (good.test(coded.dictionary().string(code)) ? 1 : 2);
        }
        if (known[code] == 2) {
          bad[i >>> 6] |= 1L << i;
          any = true;
        }
      }
    } else {
      BytesColumn plain = (BytesColumn) column;
      for (int i = 0; i < column.size(); i++) {
        if (!column.isNull(i) && !good.test(plain.string(i))) {
          bad[i >>> 6] |= 1L << i;
          any = true;
        }
      }
    }
    return any ? Bits.of(bad, column.size()) : null;
  }

  /** Values of any other type. */
  static @Nullable Bits values(Column column, Type type, Predicate<Object> good) {
    Values values = Values.of(column, type);
    long[] bad = new long[Bits.words(column.size())];
    boolean any = false;
    for (int i = 0; i < column.size(); i++) {
      Object value = values.at(i);
      if (value != null && !good.test(value)) {
        bad[i >>> 6] |= 1L << i;
        any = true;
      }
    }
    return any ? Bits.of(bad, column.size()) : null;
  }

  private static @Nullable Bits present(Column column, long[] bad) {
    Bits out = Bits.of(bad, column.size());
    Bits nulls = column.nulls();
    return Column.nulls(nulls == null ? out : out.and(nulls.not()));
  }
}
