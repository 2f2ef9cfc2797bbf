package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.files.Infer;
import dev.headwater.files.SourceColumn;
import dev.headwater.files.SourceFormat;
import dev.headwater.kafka.Topic;
import dev.headwater.kafka.TopicSample;
import dev.headwater.kafka.decode.RecordSample;
import dev.headwater.pipelines.project.Kafka;
import dev.headwater.pipelines.project.KafkaDecl;
import dev.headwater.pipelines.project.Proposal;
import dev.headwater.pipelines.project.TopicProposal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.inmemory.InMemoryInputFile;
import org.jspecify.annotations.Nullable;

/**
 * What a topic's records hold, found out from its newest ones, as a source and a table that can be
 * kept in the project file. Nothing is written.
 *
 * @param properties Kafka's own; secrets as references
 * @param project the name of a project to begin with; null where there is one
 */
public record TopicInference(
    String servers, String topic, Map<String, String> properties, @Nullable String project) {
  /**
   * What there is to know.
   *
   * @param name of the table; null: after the topic
   * @param rows about how many records are looked at
   */
  public Answer of(@Nullable String name, int rows) {
    RecordSample sample = TopicSample.of(new Topic(servers, topic, properties), rows);
    RecordSample.Form form = sample.form();
    if (form == null) {
      throw new HeadwaterException(
          HeadwaterException.Kind.DATA,
          "Cannot tell what topic " + topic + " of " + servers + " holds: it has no records.",
          "write one, or declare the columns of its source.");
    }
    Kafka source = Kafka.topic(servers, topic);
    for (Map.Entry<String, String> property : properties.entrySet()) {
      source = source.property(property.getKey(), property.getValue());
    }
    Map<String, List<String>> notes = new LinkedHashMap<>();
    String head =
        switch (form) {
          case JSON -> "objects in JSON";
          case CHANGES -> "changes of rows, as Debezium writes them";
          case REGISTERED ->
              "records with a schema's id before them: say where the registry is, and format: avro"
                  + " or debezium";
          case TEXT -> "texts, which are no objects in JSON";
          case BYTES -> "bytes, which are no text";
        };
    String time = null;
    if (form == RecordSample.Form.JSON || form == RecordSample.Form.CHANGES) {
      Infer found =
          Infer.of(
              List.of(new InMemoryInputFile(topic + ".jsonl", sample.lines())),
              SourceFormat.of(SourceFormat.Kind.JSON),
              rows);
      SourceFormat format = found.format(true);
      for (SourceColumn column : format.columns()) {
        source = source.column(column);
        notes.put(column.name(), found.notes(column.name()));
      }
      time = Inference.time(format.schema());
      if (form == RecordSample.Form.CHANGES) {
        source = source.format(KafkaDecl.Format.DEBEZIUM);
        source = source.with(KafkaDecl.Meta.POSITION, "log_position");
      }
    } else if (form == RecordSample.Form.REGISTERED) {
      source = source.format(KafkaDecl.Format.AVRO).registry("https://registry:8081");
    } else {
      source = source.format(KafkaDecl.Format.RAW);
      source = source.column("value", form == RecordSample.Form.TEXT ? "string" : "binary");
    }
    String table = name == null ? Proposal.name(topic) : name;
    TopicProposal proposal =
        new TopicProposal(project, table, source.declared(), sample.keys(), time);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("records", sample.size());
    data.put("notes", notes);
    data.put("proposal", proposal.data());
    String text =
        String.format(Locale.ROOT, "# %,d records looked at, %s%n", sample.size(), head)
            + proposal.yaml(column -> notes.getOrDefault(column, List.of()));
    return Answer.of(data, new Answer.Block.Line(text.stripTrailing()));
  }
}
