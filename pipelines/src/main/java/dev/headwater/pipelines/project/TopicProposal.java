package dev.headwater.pipelines.project;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A topic as a source and the table that is filled from it, to be kept in a project file.
 *
 * @param project its name, where there is none yet
 * @param key of a table whose rows change
 * @param time the column with the rows' event time, where one is to be seen
 */
public record TopicProposal(
    @Nullable String project,
    String table,
    KafkaDecl kafka,
    List<String> key,
    @Nullable String time) {
  public TopicProposal {
    key = List.copyOf(key);
  }

  /** As lists, maps and texts, with the keys of the project file. */
  public Map<String, Object> data() {
    Map<String, Object> form = new LinkedHashMap<>();
    if (project != null) {
      form.put("project", project);
    }
    Map<String, Object> topic = new LinkedHashMap<>(kafka.form());
    // What is so anyhow.
    topic.remove("from");
    topic.remove("lateness");
    topic.remove("others", "refuse");
    form.put("sources", Map.of(table + "_topic", Map.of("kafka", topic)));
    Map<String, Object> into = new LinkedHashMap<>();
    into.put("from", table + "_topic");
    if (time != null) {
      into.put("time", time);
    }
    if (kafka.format() == KafkaDecl.Format.DEBEZIUM) {
      into.put("write", "upsert");
      into.put("key", key.size() == 1 ? key.get(0) : key);
      kafka.meta().keySet().stream().findFirst().ifPresent(order -> into.put("order", order));
    }
    form.put("tables", Map.of(table, into));
    return form;
  }

  /**
   * As the project file has it.
   *
   * @param notes what is to be said of a column
   */
  public String yaml(Function<String, List<String>> notes) {
    String columns = "sources." + table + "_topic.kafka.columns.";
    return Explain.yaml(
        data(),
        path ->
            path.startsWith(columns) ? notes.apply(path.substring(columns.length())) : List.of());
  }
}
