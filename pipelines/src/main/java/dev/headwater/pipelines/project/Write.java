package dev.headwater.pipelines.project;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What rows of new files do to the rows that a table has.
 *
 * @param key for upserts: the columns whose values tell rows apart
 * @param order for upserts: of rows with one key the one with the greatest value here stays; null:
 *     the last one
 * @param where for overwrites: the rows that go, as an expression; null: those of the partitions
 *     that new rows are in
 * @param delete for upserts of a topic: true for rows that only remove the one with their key
 * @param tombstones for upserts of a topic: whether a record without a value removes the row with
 *     its key
 * @param route for a topic: the rows go to several tables; null: to this one
 * @param remember for overwrites from a topic: rows of a window that ended longer ago than this,
 *     before the newest that came, replace nothing; null: a day
 */
public record Write(
    Mode mode,
    List<String> key,
    @Nullable String order,
    @Nullable String where,
    @Nullable String delete,
    boolean tombstones,
    @Nullable Route route,
    @Nullable Window remember) {
  /** The table holds what its files hold. */
  public static final Write MIRROR = new Write(Mode.MIRROR, List.of(), null);

  /** Rows come, and none goes. */
  public static final Write APPEND = new Write(Mode.APPEND, List.of(), null);

  /** Every run replaces all rows. */
  public static final Write REPLACE = new Write(Mode.REPLACE, List.of(), null);

  /** Partitions that new rows are in are replaced. */
  public static final Write OVERWRITE = new Write(Mode.OVERWRITE, List.of(), null);

  /** How it is done. */
  public enum Mode {
    /** New files are appended; had a file changed or gone, all rows are replaced. */
    MIRROR,
    /** New files are appended, whatever becomes of the old ones. */
    APPEND,
    /** All rows are replaced by all files'. */
    REPLACE,
    /** The partitions that new or changed files have rows of are replaced by these rows. */
    OVERWRITE,
    /** Rows of new or changed files take the place of those with the same key, or come new. */
    UPSERT;

    /** As it is written. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the table keeps what files brought that are no longer there. */
    public boolean keeps() {
      return this == APPEND || this == OVERWRITE || this == UPSERT;
    }

    static List<String> words() {
      return Arrays.stream(values()).map(Mode::word).toList();
    }
  }

  public Write {
    key = List.copyOf(key);
  }

  /** Without a condition. */
  public Write(Mode mode, List<String> key, @Nullable String order) {
    this(mode, key, order, null, null, false, null, null);
  }

  /** New rows take the place of all rows for which this is true, and it must be true of them. */
  public static Write overwrite(String where) {
    return new Write(Mode.OVERWRITE, List.of(), null, where, null, false, null, null);
  }

  /** Rows take the place of those with the same values in these columns, or come new. */
  public static Write upsert(String... key) {
    return new Write(Mode.UPSERT, List.of(key), null);
  }

  /** Of upserted rows with one key, the one with the greatest value in this column stays. */
  public Write order(String column) {
    return new Write(mode, key, column, where, delete, tombstones, route, remember);
  }

  /** Upserted rows for which this is true only remove the one with their key. */
  public Write delete(String condition) {
    return new Write(mode, key, order, where, condition, tombstones, route, remember);
  }

  /** A record without a value removes the row with its key. */
  public Write removingByTombstones() {
    return new Write(mode, key, order, where, delete, true, route, remember);
  }

  /**
   * Of a topic: rows of windows that ended longer before the newest replace nothing: {@code 1d}.
   */
  public Write remember(String past) {
    return new Write(mode, key, order, where, delete, tombstones, route, new Window(past));
  }

  /** Rows go to the tables that a column of theirs names. */
  public Write route(Route by) {
    return new Write(mode, key, order, where, delete, tombstones, by, remember);
  }
}
