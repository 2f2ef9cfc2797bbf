package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.files.SourceColumn;
import dev.headwater.files.SourceFormat;
import dev.headwater.kafka.decode.Decoders;
import dev.headwater.kafka.decode.Envelope;
import dev.headwater.kafka.decode.RawRecords;
import dev.headwater.kafka.decode.RecordDecoder;
import dev.headwater.pipelines.project.KafkaDecl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * What reads a topic's records, by what the project says of them.
 *
 * @param writers where Avro's schemas are; null for JSON
 * @param json how JSON is read; of Avro nothing of it counts
 * @param columns of the values, as they are declared, or as the newest schema has them
 */
record TopicDecoders(
    KafkaDecl kafka, Decoders.@Nullable Writers writers, SourceFormat json, Schema columns) {
  private static final SourceFormat JSON = SourceFormat.of(SourceFormat.Kind.JSON);

  /**
   * What can be known before any record is read.
   *
   * @param folder the project's
   * @param known the table's columns, which count where none are declared; null if there is none
   * @throws HeadwaterException USAGE if nothing says what the records hold
   */
  static TopicDecoders of(KafkaDecl kafka, Path folder, @Nullable Schema known) {
    if (kafka.format() == KafkaDecl.Format.RAW) {
      return new TopicDecoders(kafka, null, JSON, new Schema(plain(kafka)));
    }
    Decoders.Writers writers = writers(kafka, folder);
    SourceFormat json = writers == null ? json(kafka, known) : JSON;
    return new TopicDecoders(
        kafka,
        writers,
        json,
        writers == null ? json.schema() : writers.columns(isOfChanges(kafka)));
  }

  /** The columns of the rows, those that are of the records themselves too. */
  Schema schema() {
    return into(columns).schema();
  }

  /**
   * A decoder.
   *
   * @param rows types that columns are to have instead of theirs, by name: wider ones
   */
  RecordDecoder.Factory into(Schema rows) {
    Envelope envelope = envelope(kafka);
    boolean changes = isOfChanges(kafka);
    if (kafka.format() == KafkaDecl.Format.RAW) {
      return Decoders.plain(columns.columns().get(0), envelope);
    }
    if (writers == null) {
      SourceFormat wide =
          json.columns(
              json.columns().stream()
                  .map(
                      column -> {
                        NestedField own = columns.findField(column.name());
                        return own.type().equals(type(own, rows))
                            ? column
                            : SourceColumn.of(column.name(), type(own, rows), column.format());
                      })
                  .toList());
      return changes ? Decoders.debezium(wide, envelope) : Decoders.json(wide, envelope);
    }
    Schema wide =
        new Schema(
            columns.columns().stream()
                .map(own -> NestedField.from(own).ofType(type(own, rows)).build())
                .toList());
    return changes
        ? Decoders.debezium(wide, envelope, kafka.ignoreOthers(), writers)
        : Decoders.avro(wide, envelope, kafka.ignoreOthers(), writers);
  }

  private static Type type(NestedField own, Schema rows) {
    NestedField wanted = rows.asStruct().field(own.name());
    return wanted != null && own.type().isPrimitiveType() && wanted.type().isPrimitiveType()
        ? wanted.type()
        : own.type();
  }

  private static boolean isOfChanges(KafkaDecl kafka) {
    return kafka.format() == KafkaDecl.Format.DEBEZIUM;
  }

  /** The column for values as they are. */
  private static Types.NestedField plain(KafkaDecl kafka) {
    return kafka.columns().stream()
        .findFirst()
        .map(column -> Types.NestedField.optional(1, column.name(), column.type()))
        .orElseGet(() -> Types.NestedField.optional(1, "value", Types.BinaryType.get()));
  }

  /** Where Avro's schemas are; null for JSON. */
  private static Decoders.@Nullable Writers writers(KafkaDecl kafka, Path folder) {
    String registry = kafka.registry();
    if (registry != null) {
      return Decoders.Writers.registry(registry, kafka.topic(), kafka.properties());
    }
    String schema = kafka.schema();
    if (schema == null) {
      return null;
    }
    Path file = folder.resolve(schema);
    try {
      return Decoders.Writers.fixed(Files.readString(file), file.toString());
    } catch (IOException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot read the Avro schema " + file + ": " + e + ".",
          "correct the path; it begins at the project's folder.",
          e);
    }
  }

  private static SourceFormat json(KafkaDecl kafka, @Nullable Schema known) {
    List<SourceColumn> columns = kafka.columns();
    if (columns.isEmpty() && known != null) {
      columns =
          known.columns().stream()
              .filter(field -> !kafka.meta().containsKey(field.name()))
              .map(field -> SourceColumn.of(field.name(), field.type(), null))
              .toList();
    }
    if (columns.isEmpty()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot read topic " + kafka.topic() + ": nothing says which columns its records have.",
          "declare them in its source: columns: {id: long, at: timestamp}.");
    }
    return JSON.columns(columns).ignoreOthers(kafka.ignoreOthers());
  }

  private static Envelope envelope(KafkaDecl kafka) {
    Map<String, String> columns = new LinkedHashMap<>();
    kafka
        .meta()
        .forEach(
            (column, of) ->
                columns.put(
                    column,
                    switch (of) {
                      case KEY -> RawRecords.KEY;
                      case KEY_TEXT -> Envelope.KEY_TEXT;
                      case TIMESTAMP -> RawRecords.TIMESTAMP;
                      case HEADERS -> RawRecords.HEADERS;
                      case PARTITION -> RawRecords.PARTITION;
                      case OFFSET -> RawRecords.OFFSET;
                      case POSITION -> Envelope.POSITION;
                    }));
    return new Envelope(columns);
  }
}
