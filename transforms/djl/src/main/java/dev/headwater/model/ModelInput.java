package dev.headwater.model;

import java.io.Serializable;

/**
 * One input of a model: its name, and the SQL expression over the joined columns that computes it.
 * Numbers, booleans, dates and times are read as numbers; strings and UUIDs as categories.
 */
public record ModelInput(String name, String sql) implements Serializable {
  /** A joined column as it is. */
  public static ModelInput column(String name) {
    return new ModelInput(name, '"' + name.replace("\"", "\"\"") + '"');
  }
}
