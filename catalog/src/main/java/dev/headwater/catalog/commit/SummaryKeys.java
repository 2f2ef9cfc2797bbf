package dev.headwater.catalog.commit;

/** The names under which a snapshot's summary says what its run did. */
public final class SummaryKeys {
  public static final String TOKEN = "headwater.token";
  public static final String FINGERPRINT = "headwater.fingerprint";
  public static final String RUN = "headwater.run";
  public static final String STAGE = "headwater.stage";
  public static final String TARGET = "headwater.target";
  public static final String ROWS_IN = "headwater.rows-in";
  public static final String ROWS_KEPT = "headwater.rows-kept";
  public static final String ROWS_LETTERS = "headwater.rows-letters";
  public static final String ROWS_FILTERED = "headwater.rows-filtered";

  /** Begins the name of a fact of the stage's own. */
  public static final String FACT = "headwater.fact.";

  /** The fact of a rewrite: rows of earlier snapshots that are in new files now. */
  public static final String ROWS_CARRIED = "rows_carried";

  private SummaryKeys() {}
}
