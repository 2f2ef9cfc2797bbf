package dev.headwater.table;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.expr.ExpressionException;

/** What is told of a row that an expression fails on. */
public final class FailedRow {
  private FailedRow() {}

  /**
   * The failure.
   *
   * @param rows what the row is one of: a table
   * @param file the file that it is in; empty where nobody knows
   * @param thrown names the row
   */
  public static HeadwaterException of(String rows, String file, ExpressionException thrown) {
    String place = file.isEmpty() ? "" : " It is in " + file + ".";
    return new HeadwaterException(
        HeadwaterException.Kind.DATA,
        "A row of "
            + rows
            + " can't be computed: "
            + thrown.getMessage()
            + " The row is "
            + thrown.row()
            + "."
            + place,
        "mend the row where it comes from, or the expression in the project file.",
        thrown);
  }
}
