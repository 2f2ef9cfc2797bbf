package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.files.SourceColumn;
import dev.headwater.files.SourceFormat;
import dev.headwater.kafka.Decoders;
import dev.headwater.kafka.Envelope;
import dev.headwater.kafka.RawRecords;
import dev.headwater.kafka.RecordDecoder;
import dev.headwater.pipelines.project.KafkaDecl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** What reads a topic's records, by what the project says of them. */
final class TopicDecoders {
  private TopicDecoders() {}

  /**
   * A decoder.
   *
   * @param folder the project's
   * @param known the table's columns, which count where none are declared; null if there is none
   * @throws HeadwaterException USAGE if nothing says what the records hold
   */
  static RecordDecoder.Factory of(KafkaDecl kafka, Path folder, @Nullable Schema known) {
    Envelope envelope = envelope(kafka);
    if (kafka.format() == KafkaDecl.Format.RAW) {
      return Decoders.plain(plain(kafka), envelope);
    }
    boolean changes = kafka.format() == KafkaDecl.Format.DEBEZIUM;
    Decoders.Writers writers = writers(kafka, folder);
    if (writers == null) {
      SourceFormat json = json(kafka, known);
      return changes ? Decoders.debezium(json, envelope) : Decoders.json(json, envelope);
    }
    Schema columns = writers.columns(changes);
    return changes
        ? Decoders.debezium(columns, envelope, kafka.ignoreOthers(), writers)
        : Decoders.avro(columns, envelope, kafka.ignoreOthers(), writers);
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
    return SourceFormat.of(SourceFormat.Kind.JSON)
        .columns(columns)
        .ignoreOthers(kafka.ignoreOthers());
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
