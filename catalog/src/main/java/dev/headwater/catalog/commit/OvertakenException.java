package dev.headwater.catalog.commit;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;

/**
 * Another run of the same work came first: some of what this one brings may be in the table
 * already. Nothing was committed to it. Neither this change nor its run can be tried again; a new
 * run, from what the table holds now, does what is left.
 */
public final class OvertakenException extends HeadwaterException {
  private static final long serialVersionUID = 1;

  /**
   * @param came what the table holds now, as its summary names it
   * @param seen what it held when the work began
   */
  public OvertakenException(TableRef table, String came, String seen) {
    super(
        Kind.REFUSED,
        "Cannot commit to table %s: another run of it came first (%s; it was %s)."
            .formatted(table, came, seen),
        "run again, from the table as it is now; let one machine at a time load a table.");
  }
}
