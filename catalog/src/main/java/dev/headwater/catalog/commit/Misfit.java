package dev.headwater.catalog.commit;

import java.io.Serializable;
import java.util.Locale;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * A column of rows that come which doesn't fit the table's, and by the policy may not change it.
 *
 * @param arrival where the rows are from
 * @param column its name in the table
 * @param table its type there; null: the table lacks it
 * @param rows its type in the rows that come; null: they lack it
 * @param there what has the other type: "the table", or a file that came before
 */
public record Misfit(
    String arrival, String column, Why why, @Nullable Type table, @Nullable Type rows, String there)
    implements Serializable {
  /** What would have had to be allowed. */
  public enum Why {
    /** {@link SchemaPolicy#add}. */
    ADD,
    /** {@link SchemaPolicy#widen}. */
    WIDEN,
    /** {@link SchemaPolicy#optional}. */
    OPTIONAL,
    /** Nothing would help: neither type takes all values of the other. */
    TYPE,
    /** Nothing would help: a row has it under its old and its new name, with two values. */
    RENAME;

    /** As it is called in the project file, and in letters. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** "column a is string in new.parquet, but long in the table". */
  public String sentence() {
    return switch (why) {
      case ADD -> "column " + column + " (" + rows + ") of " + arrival + " is not in the table";
      case WIDEN, TYPE ->
          "column " + column + " is " + rows + " in " + arrival + ", but " + table + " in " + there;
      case RENAME -> "column " + column + " of " + arrival + " is there under two names";
      case OPTIONAL ->
          "column "
              + column
              + " is required in the table, but "
              + arrival
              + (rows == null ? " lacks it" : " has nulls in it");
    };
  }
}
