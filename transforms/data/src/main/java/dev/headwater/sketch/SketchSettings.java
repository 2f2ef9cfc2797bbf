package dev.headwater.sketch;

import dev.headwater.sketch.ColumnSketch.Mode;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/**
 * What a table's properties say about its sketches, in the manner of Iceberg's {@code
 * write.metadata.metrics.*}.
 */
public record SketchSettings(Map<String, String> properties) {
  /** {@code full}, {@code counts} (no distribution) or {@code none}, for each column. */
  public static final String DEFAULT = "headwater.sketches.default";

  /** Begins the name of one column's mode; the column's name follows. */
  public static final String COLUMN = "headwater.sketches.column.";

  /** How many columns have the default mode; of those after them only counts are kept. */
  public static final String MOST = "headwater.sketches.max-inferred-column-defaults";

  private static final int MOST_DEFAULT = 100;

  public SketchSettings {
    properties = Map.copyOf(properties);
  }

  Mode mode(Schema schema, Types.NestedField field) {
    if (!Keys.areLongs(field.type()) && !Keys.areBytes(field.type())) {
      return Mode.NONE;
    }
    String own = properties.get(COLUMN + field.name());
    if (own != null) {
      return mode(COLUMN + field.name(), own);
    }
    Mode all = mode(DEFAULT, properties.getOrDefault(DEFAULT, "full"));
    int most = Integer.parseInt(properties.getOrDefault(MOST, Integer.toString(MOST_DEFAULT)));
    return all == Mode.FULL && schema.columns().indexOf(field) >= most ? Mode.COUNTS : all;
  }

  private static Mode mode(String key, String word) {
    try {
      return Mode.of(word);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "table property " + key + " is '" + word + "'; write full, counts or none", e);
    }
  }
}
