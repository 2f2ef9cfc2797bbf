package dev.headwater.lineage;

import org.jspecify.annotations.Nullable;

/**
 * Where an output column comes from: a column of an input.
 *
 * @param dataSet the input's physical name
 * @param column the input's column
 * @param type whether values flow over, or only steer (filters, keys of joins, sort columns)
 * @param subtype OpenLineage's words: IDENTITY, TRANSFORMATION, AGGREGATION; JOIN, GROUP_BY,
 *     FILTER, SORT, WINDOW, CONDITIONAL
 * @param description the expression as the user wrote it
 * @param masking whether the values can no longer be told from the output
 */
public record ColumnSource(
    DataSetName dataSet,
    String column,
    Type type,
    String subtype,
    @Nullable String description,
    boolean masking) {

  /** How an input column has a part in an output column. */
  public enum Type {
    DIRECT,
    INDIRECT
  }

  /** The value itself. */
  public static ColumnSource identity(DataSetName dataSet, String column) {
    return new ColumnSource(dataSet, column, Type.DIRECT, "IDENTITY", null, false);
  }

  /** A value computed from it, a row at a time. */
  public static ColumnSource transformation(
      DataSetName dataSet, String column, String description) {
    return new ColumnSource(dataSet, column, Type.DIRECT, "TRANSFORMATION", description, false);
  }

  /** A value computed from many rows. */
  public static ColumnSource aggregation(DataSetName dataSet, String column, String description) {
    return new ColumnSource(dataSet, column, Type.DIRECT, "AGGREGATION", description, false);
  }

  /** It decides which rows meet, count or stay: {@code subtype} says how. */
  public static ColumnSource indirect(
      DataSetName dataSet, String column, String subtype, @Nullable String description) {
    return new ColumnSource(dataSet, column, Type.INDIRECT, subtype, description, false);
  }
}
