package dev.headwater.catalog.commit;

import java.util.List;

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

  /**
   * The source files whose rows the table holds, as a JSON list of {@code path}, {@code size} and
   * {@code sha256} or {@code version}; those of {@link #FILES_LIST} come before.
   */
  public static final String FILES = "headwater.files";

  /** Where the earlier ones are, an object a line, packed by gzip; the snapshot owns it. */
  public static final String FILES_LIST = "headwater.files.list";

  /** How many they are together. */
  public static final String FILES_TOTAL = "headwater.files.total";

  /**
   * Where it stands which files hold the dead letters of this commit's rows, an object a line,
   * packed by gzip; they come to their table after it. The snapshot owns it.
   */
  public static final String LETTERS_LIST = "headwater.letters.list";

  /** {@code true} where those letters take the place of all that are in their table. */
  public static final String LETTERS_REPLACE = "headwater.letters.replace";

  /**
   * Where it stands what other tables get by this commit: a table a line with its files, packed by
   * gzip; they come to them after it. The snapshot owns it.
   */
  public static final String ROWS_LIST = "headwater.rows.list";

  /** The lists that a snapshot owns: they go with it. */
  public static final List<String> LISTS = List.of(FILES_LIST, LETTERS_LIST, ROWS_LIST);

  /**
   * The commit of the same sink whose {@link #FILES} the change was computed from, by its token.
   */
  public static final String UPON = "headwater.files.upon";

  /** Begins the name of a fact of the stage's own. */
  public static final String FACT = "headwater.fact.";

  /** The fact of a rewrite: rows of earlier snapshots that are in new files now. */
  public static final String ROWS_CARRIED = "rows_carried";

  private SummaryKeys() {}
}
