package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import java.io.Serializable;

/** Stops work that makes too many letters, long before it is done. One thread. */
public interface LetterWatch {
  /** Lets everything pass. */
  Factory NONE =
      () ->
          new LetterWatch() {
            @Override
            public void letters(RowBatch letters) {}

            @Override
            public void rows(long read) {}
          };

  /** Told of letters, as rows of their table. */
  void letters(RowBatch letters);

  /**
   * Told of rows that were read, whose letters it has been told of.
   *
   * @throws dev.headwater.catalog.HeadwaterException DATA if too many are letters
   */
  void rows(long read);

  /** Opens one for each piece of work. */
  interface Factory extends Serializable {
    LetterWatch open();
  }
}
