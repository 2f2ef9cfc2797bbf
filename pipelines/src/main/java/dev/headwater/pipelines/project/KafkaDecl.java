package dev.headwater.pipelines.project;

import dev.headwater.files.SourceColumn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka topic that rows come from, and how its records are read.
 *
 * @param servers where brokers answer first: {@code host:port}, several with commas
 * @param format what the records' values are
 * @param columns the declared columns of JSON; empty where the table or a schema says them
 * @param ignoreOthers whether records may have fields that are not declared, which are left out
 * @param schema the file with the Avro schema as written, where there is no registry
 * @param registry the schema registry's address
 * @param meta what else of a record becomes a column, by the column's name
 * @param from where a table without rows begins: {@code beginning}, {@code end}, or a time in UTC
 * @param lateness how far event time may be behind the greatest that came before a row is late
 * @param properties Kafka's own, and the registry's; secrets as references
 */
public record KafkaDecl(
    String servers,
    String topic,
    Format format,
    List<SourceColumn> columns,
    boolean ignoreOthers,
    @Nullable String schema,
    @Nullable String registry,
    Map<String, Meta> meta,
    String from,
    Window lateness,
    Map<String, String> properties) {
  static final String BEGINNING = "beginning";
  static final String END = "end";
  static final Window LATENESS = new Window("1m");

  /** What a record's value is. */
  public enum Format {
    /** An object. */
    JSON,
    /** A record of a schema that the registry or the project has. */
    AVRO,
    /** A change of a row of a database, as Debezium writes it in JSON or Avro. */
    DEBEZIUM,
    /** Whatever it is: bytes or a text in one column. */
    RAW;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a record has besides its value. */
  public enum Meta {
    KEY,
    /** The key as a text. */
    KEY_TEXT,
    TIMESTAMP,
    HEADERS,
    PARTITION,
    OFFSET,
    /** Of Debezium's changes: where one stands in its database's log, a text that sorts so. */
    POSITION;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public KafkaDecl {
    columns = List.copyOf(columns);
    meta = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(meta));
    properties = Map.copyOf(properties);
  }

  /** The first of the servers, by which lineage names the cluster. */
  public String server() {
    int comma = servers.indexOf(',');
    return (comma < 0 ? servers : servers.substring(0, comma)).strip();
  }

  /** Whether a table without rows begins with what comes from now on. */
  public boolean fromEnd() {
    return from.equals(END);
  }

  /** The time that a table without rows begins with, if it is one. */
  public Optional<Instant> since() {
    return from.equals(END) || from.equals(BEGINNING)
        ? Optional.empty()
        : Optional.of(KafkaRules.time(from));
  }

  /** As it is written in the file, defaults filled in. */
  Map<String, Object> form() {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("servers", servers);
    form.putAll(rows());
    form.put("from", from);
    form.put("lateness", lateness.text());
    if (registry != null) {
      form.put("registry", registry);
    }
    if (!properties.isEmpty()) {
      form.put("properties", Properties.form(properties));
    }
    return form;
  }

  /** What of it decides which rows a table gets; how brokers are reached does not. */
  Map<String, Object> rows() {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("topic", topic);
    form.put("format", format.word());
    if (!columns.isEmpty()) {
      form.put("columns", FormatSection.form(columns));
    }
    form.put("others", ignoreOthers ? "ignore" : "refuse");
    if (schema != null) {
      form.put("schema", schema);
    }
    meta.forEach(
        (column, of) -> {
          boolean text = of == Meta.KEY_TEXT;
          form.put(
              text ? Meta.KEY.word() : of.word(),
              text ? new LinkedHashMap<>(Map.of("column", column, "type", "string")) : column);
        });
    return form;
  }

  /** The columns' names, of values as far as declared, and of what comes besides. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    columns.forEach(column -> names.add(column.name()));
    names.addAll(meta.keySet());
    return names;
  }
}
