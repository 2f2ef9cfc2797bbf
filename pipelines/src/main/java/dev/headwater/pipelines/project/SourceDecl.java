package dev.headwater.pipelines.project;

import dev.headwater.files.SourceFormat;
import dev.headwater.ingest.SourceFiles;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What comes from outside: files, by paths, folders and globs, relative ones from the project's
 * folder; a Kafka topic; or a table of somebody else's, which is read where it is.
 *
 * @param paths empty for a table and for a topic
 * @param format how the files are read
 * @param storage how a store's files are reached, as a catalog's properties: where it is empty, as
 *     those of the project's own tables
 * @param settle how long a local file must have stood unchanged before it is taken; null: what is
 *     usual
 * @param table {@code catalog.namespace.name}, or {@code namespace.name} in the project's own
 *     catalog
 * @param time the table's column with the rows' event time, where it has one
 * @param kafka the topic, if it is one
 */
public record SourceDecl(
    String name,
    List<String> paths,
    SourceFormat format,
    Map<String, String> storage,
    @Nullable Window settle,
    @Nullable String table,
    @Nullable String time,
    @Nullable KafkaDecl kafka) {
  public SourceDecl {
    paths = List.copyOf(paths);
    storage = Map.copyOf(storage);
  }

  /** Files, read as their names say. */
  public SourceDecl(String name, List<String> paths) {
    this(name, paths, FormatSection.of(paths));
  }

  /** Files. */
  public SourceDecl(String name, List<String> paths, SourceFormat format) {
    this(name, paths, format, Map.of(), null, null, null, null);
  }

  /** A table. */
  SourceDecl(String name, String table, @Nullable String time) {
    this(name, List.of(), FormatSection.of(List.of()), Map.of(), null, table, time, null);
  }

  /** A topic. */
  SourceDecl(String name, KafkaDecl kafka) {
    this(name, List.of(), FormatSection.of(List.of()), Map.of(), null, null, null, kafka);
  }

  /** As it is written in the file. */
  Object form() {
    if (kafka != null) {
      return Map.of("kafka", kafka.form());
    }
    if (table == null) {
      Map<String, Object> how = FormatSection.form(format, paths);
      if (!storage.isEmpty()) {
        how.put("storage", Properties.form(storage));
      }
      if (settle != null) {
        how.put("settle", settle.text());
      }
      if (how.isEmpty()) {
        return paths;
      }
      Map<String, Object> form = new LinkedHashMap<>();
      form.put("files", paths);
      form.putAll(how);
      return form;
    }
    return time == null
        ? Map.of("table", table)
        : new TreeMap<>(Map.of("table", table, "time", time));
  }

  /** What of it decides which rows a table gets. */
  Object rows() {
    if (kafka != null) {
      return Map.of("kafka", kafka.rows());
    }
    return new SourceDecl(name, paths, format, storage, null, table, time, null).form();
  }

  /** Why no source can be read from such a path, or null if one can. */
  static @Nullable String refusal(String path) {
    if (SourceFiles.isStored(path) && !path.matches("(s3|s3a|s3n|gs|abfss?|wasbs?)://[^/]+/.+")) {
      return "'"
          + path
          + "' is neither a local path nor an object in a store. Write s3://bucket/folder/*.csv, or"
          + " load the file into a folder first";
    }
    return path.endsWith(".xlsx")
        ? "'" + path + "': spreadsheets are not supported. Save it as CSV."
        : null;
  }
}
