package dev.headwater.pipelines.project;

import dev.headwater.catalog.commit.SchemaPolicy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What goes together in how a table is written, and in what its columns may become. */
record WriteRules(BiConsumer<String, String> problems) {
  /**
   * Tells what does not go together.
   *
   * @param topic what the table is filled from, if it is a topic
   */
  void check(String path, TableDecl table, @Nullable KafkaDecl topic) {
    Write write = table.write();
    boolean upsert = write.mode() == Write.Mode.UPSERT;
    if (upsert && write.key().isEmpty()) {
      problem(path + ".key", "is missing: an upsert needs one. Write key: <the columns of a key>");
    }
    if (!upsert && !write.key().isEmpty()) {
      problem(path + ".key", "is for upserts only. Write write: upsert, or leave the key out.");
    }
    if (!upsert && write.order() != null) {
      problem(path + ".order", "is for upserts only. Write write: upsert, or leave it out.");
    }
    if (write.mode() == Write.Mode.OVERWRITE
        && write.where() == null
        && table.partition().isEmpty()) {
      problem(
          path + ".write",
          "overwrite replaces partitions, and there are none. Write partition: month(<a column>),"
              + " write: {overwrite: <a condition>}, or write: replace.");
    }
    if (write.mode().keeps() && !table.steps().isEmpty()) {
      problem(
          path + ".write",
          write.mode().word()
              + " takes rows as their files have them; it is not supported together with java yet."
              + " Write write: mirror or replace.");
    }
    twice(path + ".key", write.key(), problems);
    if (write.delete() != null && !upsert) {
      problem(
          path + ".delete",
          "removes rows by key, and there is none. Write write: upsert, key: <the columns of a key>");
    }
    if (topic == null && write.tombstones()) {
      problem(path + ".tombstones", "are records of a Kafka topic. Leave it out.");
    }
    if (write.remember() != null && (topic == null || write.mode() != Write.Mode.OVERWRITE)) {
      problem(path + ".remember", "is for overwrites from a Kafka topic only. Leave it out.");
    }
    if (topic == null && write.route() != null) {
      problem(path + ".route", "is for tables of a Kafka topic only. Leave it out.");
    }
    if (topic != null) {
      topic(path, table, topic);
    } else if (!table.commit().equals(TableDecl.COMMIT)) {
      problem(path + ".commit", "is for tables of a Kafka topic only. Leave it out.");
    }
    schema(path + ".schema", table);
  }

  private void topic(String path, TableDecl table, KafkaDecl topic) {
    Write.Mode mode = table.write().mode();
    if (mode == Write.Mode.OVERWRITE) {
      overwrite(path, table);
    } else if (mode != Write.Mode.APPEND && mode != Write.Mode.UPSERT) {
      problem(
          path + ".write",
          mode.word()
              + " needs all rows at once, and a topic has no end. Write write: append, overwrite, or"
              + " upsert.");
    }
    if (topic.format() == KafkaDecl.Format.DEBEZIUM && mode != Write.Mode.UPSERT) {
      problem(
          path + ".write",
          "Debezium's changes are of rows by key. Write write: upsert, key: <the columns of the"
              + " primary key>");
    }
    if (table.write().delete() != null && topic.format() == KafkaDecl.Format.DEBEZIUM) {
      problem(path + ".delete", "is what Debezium's changes say themselves. Leave it out.");
    }
    if (table.write().tombstones() && mode != Write.Mode.UPSERT) {
      problem(
          path + ".tombstones",
          "remove rows by key, and there is none. Write write: upsert, key: <the columns of a key>");
    }
    if (table.write().tombstones() && topic.format() == KafkaDecl.Format.DEBEZIUM) {
      problem(
          path + ".tombstones", "follow Debezium's removals, and say nothing more. Leave it out.");
    }
    if (table.write().route() != null && mode != Write.Mode.APPEND) {
      problem(
          path + ".route",
          "sends rows to tables that only get more. Write write: append, or leave the route out.");
    }
    if (!table.steps().isEmpty()) {
      problem(path + ".java", "is not supported together with kafka yet. Leave it out.");
    }
    if (topic.format() == KafkaDecl.Format.DEBEZIUM
        && table.schema().orElse() == SchemaPolicy.Else.LETTERS) {
      problem(
          path + ".schema.else",
          "letters would keep back removals of Debezium's changes. Write else: stop.");
    }
  }

  private void overwrite(String path, TableDecl table) {
    if (table.write().where() != null) {
      problem(
          path + ".write",
          "overwrite with a condition would replace what the topic brought before. Write write:"
              + " overwrite, with time and partition.");
    } else if (table.window().isEmpty()) {
      problem(
          path + ".write",
          "overwrite replaces windows of the rows' time, and there are none. Write time: <a column>,"
              + " partition: day(<the same>), or hour, month, year.");
    }
  }

  private void schema(String path, TableDecl table) {
    SchemaPolicy policy = table.schema();
    policy
        .rename()
        .forEach(
            (old, now) -> {
              if (policy.rename().containsKey(now)) {
                problem(
                    path + ".rename",
                    "'" + now + "' is renamed itself. Write " + old + ": <its last name>");
              }
            });
    twice(path + ".rename", List.copyOf(policy.rename().values()), problems);
    if (policy.orElse() == SchemaPolicy.Else.LETTERS && !table.steps().isEmpty()) {
      problem(
          path + ".else",
          "letters is not supported together with java yet: the transforms see all rows."
              + " Write else: stop.");
    }
  }

  /** Notes names that are there twice. */
  static void twice(String path, List<String> names, BiConsumer<String, String> problems) {
    Set<String> seen = new HashSet<>();
    names.stream()
        .filter(n -> !seen.add(n))
        .forEach(n -> problems.accept(path, "'" + n + "' is there twice"));
  }

  private void problem(String path, String what) {
    problems.accept(path, what);
  }
}
