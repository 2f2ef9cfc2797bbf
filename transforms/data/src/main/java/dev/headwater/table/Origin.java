package dev.headwater.table;

import dev.headwater.files.RawRow;
import org.jspecify.annotations.Nullable;

/**
 * Where the rows of a batch are from, and what they were there. One thread; to be asked before the
 * next rows are read.
 */
public interface Origin {
  /** The file, the topic, or what made the rows. */
  String source();

  /** Where a row is in it: its number or its byte in a file, its offset in a topic; -1: nowhere. */
  long position(int row);

  /** The row as it was before it was decoded; null where its values say it all. */
  default @Nullable RawRow raw(int row) {
    return null;
  }

  /** Rows that have no position. */
  static Origin nowhere(String source) {
    return at(source, row -> -1);
  }

  /** Rows whose values say it all. */
  static Origin at(String source, Position position) {
    return new Origin() {
      @Override
      public String source() {
        return source;
      }

      @Override
      public long position(int row) {
        return position.of(row);
      }
    };
  }

  /** Where a row is. */
  @FunctionalInterface
  interface Position {
    long of(int row);
  }

  /** Of a batch that has some of the rows, in this order. */
  default Origin of(int[] rows) {
    Origin all = this;
    return new Origin() {
      @Override
      public String source() {
        return all.source();
      }

      @Override
      public long position(int row) {
        return all.position(rows[row]);
      }

      @Override
      public @Nullable RawRow raw(int row) {
        return all.raw(rows[row]);
      }
    };
  }
}
