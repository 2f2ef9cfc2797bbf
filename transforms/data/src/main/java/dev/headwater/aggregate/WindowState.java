package dev.headwater.aggregate;

/**
 * One aggregate's value over one window that slides along one key's events. What was added can be
 * taken away exactly, so the value depends only on what is in the window.
 */
public interface WindowState {
  /** Events {@code from} to {@code to} of these lanes enter; the first has number {@code first}. */
  void add(long[][] lanes, int from, int to, long first);

  /** The oldest events leave: these; the first that stays has number {@code stays}. */
  void remove(long[][] lanes, int from, int to, long stays);

  /** Puts the value into the row. */
  void emit(ResultColumn out, int row);

  /** Empties the window. */
  void clear();
}
