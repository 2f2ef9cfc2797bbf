package dev.headwater.features;

import dev.headwater.catalog.SnapshotRef;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * Rows that will ask a feature view for values: a model's or a scoring's rows, with the column that
 * holds each of the view's keys, and their time. Its (key, time) points become the view's rows.
 *
 * @param table where the rows are
 * @param snapshot which state of it
 * @param keys the view's key column -> the spine's column
 * @param time the spine's time column
 * @param where SQL over the spine's columns; Java's null: all rows
 */
public record Spine(
    Table table,
    SnapshotRef snapshot,
    Map<String, String> keys,
    String time,
    @Nullable String where) {
  public Spine {
    keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
  }
}
