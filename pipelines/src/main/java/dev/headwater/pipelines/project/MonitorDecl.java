package dev.headwater.pipelines.project;

import dev.headwater.catalog.At;
import dev.headwater.catalog.HeadwaterException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A watch for drift: between what a model was trained on and what it scored, or between a table and
 * a reference.
 *
 * @param model whose training data are the reference; null where a table is
 * @param current the name of the scores, or of the table
 * @param by the period that is compared at a time
 * @param threshold the PSI from which a column has moved
 * @param reference null where a model's training data are
 */
public record MonitorDecl(
    String name,
    @Nullable ModelRef model,
    String current,
    Period by,
    double threshold,
    @Nullable Reference reference) {
  public static final double THRESHOLD = 0.2;

  /** How the current rows are cut into what is compared. */
  public enum Period {
    ALL,
    HOUR,
    DAY,
    WEEK,
    MONTH
  }

  /**
   * A table that another one is compared with. If it is the same one, the rows that came since are
   * compared with those that were there.
   *
   * @param at which state of it
   * @param columns that are compared; empty: all numbers, texts and booleans
   * @param time the current table's column that periods are cut by; null: all rows together
   */
  public record Reference(String table, At at, List<String> columns, @Nullable String time) {
    public Reference {
      columns = List.copyOf(columns);
    }

    /** A table, or a table and its state: {@code flights@tag:june}. */
    static Reference parse(String text, List<String> columns, @Nullable String time) {
      int at = text.indexOf('@');
      try {
        return new Reference(
            at < 0 ? text : text.substring(0, at),
            at < 0 ? At.current() : At.parse(text.substring(at + 1)),
            columns,
            time);
      } catch (HeadwaterException e) {
        throw new IllegalArgumentException(e.what() + " " + e.fix(), e);
      }
    }

    @Override
    public String toString() {
      return at instanceof At.Current ? table : table + "@" + at;
    }
  }
}
