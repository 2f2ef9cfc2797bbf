package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.files.SourceColumn;
import dev.headwater.files.SourceFormat;
import dev.headwater.kafka.Envelope;
import dev.headwater.kafka.JsonDecoder;
import dev.headwater.kafka.RawRecords;
import dev.headwater.kafka.RecordDecoder;
import dev.headwater.pipelines.project.KafkaDecl;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** What reads a topic's records, by what the project says of them. */
final class TopicDecoders {
  private TopicDecoders() {}

  /**
   * A decoder.
   *
   * @param known the table's columns, which count where none are declared; null if there is none
   * @throws HeadwaterException USAGE if nothing says what the records hold
   */
  static RecordDecoder.Factory of(KafkaDecl kafka, @Nullable Schema known) {
    return switch (kafka.format()) {
      case JSON -> json(kafka, known);
      case AVRO, DEBEZIUM ->
          throw new HeadwaterException(
              HeadwaterException.Kind.USAGE,
              "Cannot read topic " + kafka.topic() + ": " + kafka.format() + " is not decoded yet.",
              "write its records as JSON.");
    };
  }

  private static RecordDecoder.Factory json(KafkaDecl kafka, @Nullable Schema known) {
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
    return new JsonDecoder(
        SourceFormat.of(SourceFormat.Kind.JSON).columns(columns).ignoreOthers(kafka.ignoreOthers()),
        envelope(kafka));
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
                      case TIMESTAMP -> RawRecords.TIMESTAMP;
                      case HEADERS -> RawRecords.HEADERS;
                      case PARTITION -> RawRecords.PARTITION;
                      case OFFSET -> RawRecords.OFFSET;
                    }));
    return new Envelope(columns);
  }
}
