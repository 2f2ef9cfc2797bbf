package dev.headwater.pipelines.project;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.files.SourceColumn;
import dev.headwater.pipelines.project.KafkaDecl.Format;
import dev.headwater.pipelines.project.KafkaDecl.Meta;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka topic that a table is filled from, declared in Java: {@code Kafka.topic("localhost:9092",
 * "clicks").column("id", "long")}. Immutable; what changes it gives a new one.
 */
public final class Kafka {
  private final KafkaDecl decl;

  private Kafka(KafkaDecl decl) {
    this.decl = decl;
  }

  /**
   * JSON objects, from the topic's beginning.
   *
   * @param servers {@code host:port}, several with commas
   */
  public static Kafka topic(String servers, String topic) {
    return new Kafka(
        new KafkaDecl(
            servers,
            topic,
            Format.JSON,
            List.of(),
            false,
            null,
            null,
            Map.of(),
            KafkaDecl.BEGINNING,
            KafkaDecl.LATENESS,
            Map.of()));
  }

  /** Avro by a schema registry, or JSON or Avro of Debezium. */
  public Kafka format(Format format) {
    return of(format, decl.columns(), decl.ignoreOthers(), decl.schema(), decl.registry());
  }

  /** One more column of JSON; its type as the project file writes it. */
  public Kafka column(String name, String type) {
    return column(new SourceColumn(name, type, null));
  }

  /** One more column of JSON, with how its dates are written. */
  public Kafka column(SourceColumn column) {
    List<SourceColumn> columns = new ArrayList<>(decl.columns());
    columns.add(column);
    return of(decl.format(), columns, decl.ignoreOthers(), decl.schema(), decl.registry());
  }

  /** Fields that are no column are left out, instead of making a letter of their record. */
  public Kafka ignoreOthers() {
    return of(decl.format(), decl.columns(), true, decl.schema(), decl.registry());
  }

  /** The file with the Avro schema. */
  public Kafka schema(String file) {
    return of(decl.format(), decl.columns(), decl.ignoreOthers(), file, decl.registry());
  }

  /** The schema registry's address. */
  public Kafka registry(String uri) {
    return of(decl.format(), decl.columns(), decl.ignoreOthers(), decl.schema(), uri);
  }

  /** What else of a record becomes a column. */
  public Kafka with(Meta what, String column) {
    Map<String, Meta> meta = new LinkedHashMap<>(decl.meta());
    meta.put(column, what);
    return of(meta, decl.from(), decl.lateness(), decl.properties());
  }

  /** Where a table without rows begins: {@code beginning}, {@code end}, or a time in UTC. */
  public Kafka from(String where) {
    return of(decl.meta(), where, decl.lateness(), decl.properties());
  }

  /** How far event time may be behind before a row is late: {@code 1m}. */
  public Kafka lateness(String most) {
    return of(decl.meta(), decl.from(), new Window(most), decl.properties());
  }

  /** One more of Kafka's properties; a password is a {@link #secret}. */
  public Kafka property(String key, String value) {
    Map<String, String> all = new LinkedHashMap<>(decl.properties());
    all.put(key, value);
    return of(decl.meta(), decl.from(), decl.lateness(), all);
  }

  /**
   * One more property, looked up where the connection is made.
   *
   * @param where {@code env/NAME}, {@code file/PATH} or {@code vault/PATH#FIELD}
   */
  public Kafka secret(String key, String where) {
    return property(key + CatalogConfig.SECRET_SUFFIX, where);
  }

  /** What is declared. */
  public KafkaDecl declared() {
    return decl;
  }

  private Kafka of(
      Format format,
      List<SourceColumn> columns,
      boolean ignoreOthers,
      @Nullable String schema,
      @Nullable String registry) {
    return new Kafka(
        new KafkaDecl(
            decl.servers(),
            decl.topic(),
            format,
            columns,
            ignoreOthers,
            schema,
            registry,
            decl.meta(),
            decl.from(),
            decl.lateness(),
            decl.properties()));
  }

  private Kafka of(
      Map<String, Meta> meta, String from, Window lateness, Map<String, String> properties) {
    return new Kafka(
        new KafkaDecl(
            decl.servers(),
            decl.topic(),
            decl.format(),
            decl.columns(),
            decl.ignoreOthers(),
            decl.schema(),
            decl.registry(),
            meta,
            from,
            lateness,
            properties));
  }
}
