package dev.headwater.table;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;

/**
 * Where elements end that are worked on together: fed one by one, then finished into what travels
 * on through Beam. One thread.
 *
 * @param <E> the elements
 * @param <T> what it is finished into
 */
public interface Sink<E, T> extends AutoCloseable {
  void accept(E element) throws IOException;

  /** Ends the work well; called at most once, after the last element. */
  List<T> finish() throws IOException;

  /** Frees what is held; without a {@link #finish} before, what was written so far is an orphan. */
  @Override
  void close() throws IOException;

  /** Opens a sink on a worker. */
  interface Factory<E, T> extends Serializable {
    Sink<E, T> open() throws IOException;
  }
}
