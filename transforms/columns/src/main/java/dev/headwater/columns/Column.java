package dev.headwater.columns;

import org.jspecify.annotations.Nullable;

/**
 * One column of a batch: values of one type in primitive arrays that begin at row 0. Immutable: the
 * arrays that accessors return are the column's own, for reading only. A slot under a null holds
 * zero (or no bytes), so that equal columns have equal arrays.
 *
 * <p>How Iceberg's types are held: boolean {@link BooleanColumn}; int, date (days since 1970)
 * {@link IntColumn}; long, time (microseconds of the day), timestamp and timestamptz (microseconds
 * since 1970; nanoseconds for the _ns types) {@link LongColumn}; float {@link FloatColumn}; double
 * {@link DoubleColumn}; decimal {@link DecimalColumn}; string (UTF-8), binary, fixed, uuid (16
 * bytes, big endian) {@link BytesColumn} or, where values repeat, {@link DictionaryColumn}; list
 * {@link ListColumn}; map {@link MapColumn}; struct {@link StructColumn}.
 */
public sealed interface Column
    permits BooleanColumn,
        IntColumn,
        LongColumn,
        FloatColumn,
        DoubleColumn,
        DecimalColumn,
        BytesColumn,
        DictionaryColumn,
        ListColumn,
        MapColumn,
        StructColumn {
  /** The number of rows. */
  int size();

  /** The rows that are null; Java's null where none is (then no bitmap is kept). */
  @Nullable Bits nulls();

  default boolean isNull(int row) {
    Bits nulls = nulls();
    return nulls != null && nulls.get(row);
  }

  /** Rows {@code from} (inclusive) to {@code to} (exclusive), copied. */
  Column slice(int from, int to);

  /** The rows at these positions, in this order; a position may repeat. */
  Column gather(int[] rows);

  /** About how many bytes of memory the values take. */
  long bytes();

  /** An empty bitmap becomes Java's null. */
  static @Nullable Bits nulls(@Nullable Bits nulls) {
    return nulls == null || nulls.count() == 0 ? null : nulls;
  }

  static @Nullable Bits slice(@Nullable Bits nulls, int from, int to) {
    return nulls == null ? null : nulls(nulls.slice(from, to));
  }

  static @Nullable Bits gather(@Nullable Bits nulls, int[] rows) {
    return nulls == null ? null : nulls(nulls.gather(rows));
  }
}
