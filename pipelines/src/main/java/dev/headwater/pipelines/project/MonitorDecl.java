package dev.headwater.pipelines.project;

/**
 * A watch for drift between what a model was trained on and what it scored.
 *
 * @param current the scores' name
 * @param by the period that is compared at a time
 * @param threshold the PSI from which a column has moved
 */
public record MonitorDecl(
    String name, ModelRef model, String current, Period by, double threshold) {
  public static final double THRESHOLD = 0.2;

  /** How the current rows are cut into what is compared. */
  public enum Period {
    HOUR,
    DAY,
    WEEK,
    MONTH
  }
}
