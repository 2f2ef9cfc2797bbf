package dev.headwater.pipelines.project;

import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.Settings;
import dev.headwater.sketch.SketchSettings;
import dev.headwater.table.BatchWriter;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.iceberg.TableProperties;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a table property. Iceberg's own names and the kinds of their values are those
 * of its {@link TableProperties}; what nobody here knows is passed on, for the engine that does.
 */
final class PropertyRules {
  private static final String OURS = "headwater.";
  private static final List<String> METRICS = List.of("none", "counts", "truncate(16)", "full");
  private static final List<String> MODES = List.of("none", "hash", "range");
  private static final List<String> REWRITES = List.of("copy-on-write", "merge-on-read");
  private static final List<String> ISOLATION = List.of("serializable", "snapshot");
  private static final List<String> SKETCHES = List.of("full", "counts", "none");

  /** Values that are words. */
  private static final Map<String, List<String>> WORDS = new HashMap<>();

  /** Readers of other values: they complain of what is none. */
  private static final Map<String, Consumer<String>> KINDS = new HashMap<>();

  /** As above, by the beginning of the name; a column's name follows. */
  private static final Map<String, Consumer<String>> COLUMNS = new HashMap<>();

  static {
    for (String change : List.of("delete", "update", "merge")) {
      WORDS.put("write." + change + ".mode", REWRITES);
      WORDS.put("write." + change + ".isolation-level", ISOLATION);
      WORDS.put("write." + change + ".distribution-mode", MODES);
    }
    WORDS.put(TableProperties.WRITE_DISTRIBUTION_MODE, MODES);
    WORDS.put(TableProperties.FORMAT_VERSION, List.of("1", "2", "3"));
    WORDS.put(TableProperties.DELETE_GRANULARITY, List.of("file", "partition"));
    // Headwater writes nothing else.
    WORDS.put(TableProperties.DEFAULT_FILE_FORMAT, List.of("parquet"));
    WORDS.put(
        TableProperties.PARQUET_COMPRESSION, List.of("zstd", "gzip", "snappy", "uncompressed"));
    WORDS.put(TableProperties.METADATA_COMPRESSION, List.of("none", "gzip"));
    WORDS.put(SketchSettings.DEFAULT, SKETCHES);
    Consumer<String> metrics = PropertyRules::metrics;
    KINDS.put(TableProperties.DEFAULT_WRITE_METRICS_MODE, metrics);
    KINDS.put(TableProperties.PARQUET_COMPRESSION_LEVEL, PropertyRules::whole);
    KINDS.put(SketchSettings.MOST, PropertyRules::whole);
    KINDS.put(BatchWriter.MEMORY, PropertyRules::whole);
    COLUMNS.put(TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX, metrics);
    COLUMNS.put(SketchSettings.COLUMN, text -> Values.oneOf(text, SKETCHES));
    Map<String, Object> constants = constants();
    constants.forEach((constant, name) -> kind(constants, constant, name));
  }

  private PropertyRules() {}

  /** What is wrong, or null. */
  static @Nullable String complaint(String name, String value) {
    if (TableProperties.RESERVED_PROPERTIES.contains(name)
        && !name.equals(TableProperties.FORMAT_VERSION)) {
      return "is Iceberg's own and can't be set. Leave it out.";
    }
    if (name.equals(Settings.DECLARED) || name.equals(History.KEPT)) {
      return "is set by Headwater. Leave it out.";
    }
    Consumer<String> kind = kind(name);
    if (kind == null) {
      String near = Nearest.of(name, names());
      return name.startsWith(OURS)
          ? "is no property of Headwater's." + near
          : near.isEmpty() || !name.startsWith("write.") ? null : "is not known." + near;
    }
    try {
      kind.accept(value);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  private static @Nullable Consumer<String> kind(String name) {
    List<String> words = WORDS.get(name);
    if (words != null) {
      return text -> Values.oneOf(text, words);
    }
    return KINDS.containsKey(name)
        ? KINDS.get(name)
        : COLUMNS.entrySet().stream()
            .filter(e -> name.startsWith(e.getKey()) && name.length() > e.getKey().length())
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(null);
  }

  private static Set<String> names() {
    Set<String> names = new TreeSet<>(WORDS.keySet());
    names.addAll(KINDS.keySet());
    return names;
  }

  private static Map<String, Object> constants() {
    Map<String, Object> all = new HashMap<>();
    try {
      for (Field field : TableProperties.class.getFields()) {
        if (Modifier.isStatic(field.getModifiers())) {
          all.put(field.getName(), field.get(null));
        }
      }
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
    return all;
  }

  /** The kind of a property is that of its default. */
  private static void kind(Map<String, Object> constants, String constant, Object of) {
    if (!(of instanceof String name)
        || constant.endsWith("_DEFAULT")
        || !name.matches(".+[.-].+")) {
      return;
    }
    String plain = constant.replaceFirst("_PREFIX$|^DELETE_(?=PARQUET|AVRO|ORC)", "");
    Object usual = constants.get(plain + "_DEFAULT");
    Consumer<String> kind = text -> {};
    if (usual instanceof Integer || usual instanceof Long) {
      kind = PropertyRules::whole;
    } else if (usual instanceof Double) {
      kind = text -> Values.number(text, 0);
    } else if (usual instanceof Boolean || name.contains("-enabled.")) {
      kind = Values::bool;
    }
    (name.endsWith(".") ? COLUMNS : KINDS).putIfAbsent(name, kind);
  }

  private static void whole(String text) {
    Values.whole(text, 0, Long.MAX_VALUE);
    if (text.contains("_")) {
      throw new IllegalArgumentException("'" + text + "' is not a number for Iceberg: leave out _");
    }
  }

  private static void metrics(String text) {
    if (!text.matches("truncate\\([1-9][0-9]{0,8}\\)")) {
      Values.oneOf(text, METRICS);
    }
  }
}
