package dev.headwater.pipelines.project;

import dev.headwater.pipelines.project.KafkaDecl.Format;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/** What a topic must be like, whether a file or Java declares it. */
final class KafkaRules {
  /** Properties that we set ourselves: what they steer is what makes each record come once. */
  private static final Set<String> OURS =
      Set.of(
          "bootstrap.servers",
          "group.id",
          "enable.auto.commit",
          "auto.offset.reset",
          "key.deserializer",
          "value.deserializer");

  private KafkaRules() {}

  /** Tells what is wrong, by key. */
  static void check(KafkaDecl kafka, BiConsumer<String, String> problem) {
    for (String server : kafka.servers().isEmpty() ? List.<String>of() : servers(kafka)) {
      if (!server.matches("(\\[[0-9a-fA-F:]+]|[^\\s:/]+):[0-9]{1,5}")) {
        problem.accept(
            "servers",
            "'" + server + "' is not host:port. Write servers: broker1:9092,broker2:9092");
      }
    }
    if (!kafka.topic().matches("[A-Za-z0-9._-]{0,249}") || kafka.topic().matches("[.]{1,2}")) {
      problem.accept(
          "topic", "'" + kafka.topic() + "' is no topic's name: letters, digits and . _ -");
    }
    format(kafka, problem);
    if (!List.of(KafkaDecl.BEGINNING, KafkaDecl.END).contains(kafka.from())) {
      try {
        time(kafka.from());
      } catch (DateTimeParseException e) {
        problem.accept(
            "from",
            "'"
                + kafka.from()
                + "' is neither beginning, end nor a time. Write it as 2001-06-01 or"
                + " 2001-06-01T12:00:00Z.");
      }
    }
    for (String key : kafka.properties().keySet()) {
      if (OURS.contains(key)) {
        problem.accept(
            "properties",
            key + " is set by Headwater, so that each record comes once. Leave it out");
      }
    }
    Properties.secrets(
        kafka.properties(), (key, what) -> problem.accept("properties", key + " " + what));
    Set<String> seen = new HashSet<>();
    kafka.names().stream()
        .filter(name -> !seen.add(name))
        .forEach(name -> problem.accept("columns", "'" + name + "' is there twice"));
  }

  private static void format(KafkaDecl kafka, BiConsumer<String, String> problem) {
    if (kafka.schema() != null && kafka.registry() != null) {
      problem.accept("schema", "and registry are both there. Write one of them");
    }
    if (kafka.format() == Format.AVRO && kafka.schema() == null && kafka.registry() == null) {
      problem.accept(
          "format",
          "avro needs the records' schema. Write registry: https://registry:8081, or schema: a"
              + " file");
    }
    if (kafka.format() != Format.DEBEZIUM && kafka.meta().containsValue(KafkaDecl.Meta.POSITION)) {
      problem.accept(
          "position", "is of Debezium's changes. Write format: debezium, or leave it out");
    }
    if (kafka.format() == Format.AVRO && !kafka.columns().isEmpty()) {
      problem.accept("columns", "are what the Avro schema says. Leave them out");
    }
    if (kafka.format() == Format.RAW
        && (kafka.columns().size() > 1
            || kafka.columns().stream()
                .anyMatch(c -> !List.of("string", "binary").contains(c.typeText())))) {
      problem.accept(
          "columns", "are one of raw values. Write columns: {value: string}, or {value: binary}");
    }
    if (List.of(Format.JSON, Format.RAW).contains(kafka.format())
        && (kafka.schema() != null || kafka.registry() != null)) {
      problem.accept(
          kafka.schema() != null ? "schema" : "registry",
          "is of Avro. Write format: avro, or columns: for JSON");
    }
    String registry = kafka.registry();
    if (registry != null && !isHttp(registry)) {
      problem.accept(
          "registry", "'" + registry + "' is no address. Write registry: https://registry:8081");
    }
  }

  private static boolean isHttp(String text) {
    try {
      URI uri = URI.create(text);
      return Set.of("http", "https").contains(String.valueOf(uri.getScheme()))
          && uri.getHost() != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static List<String> servers(KafkaDecl kafka) {
    return List.of(kafka.servers().split("\\s*,\\s*", -1));
  }

  /**
   * A time as written: a day, or a time, in UTC where no zone is said.
   *
   * @throws DateTimeParseException if it is none
   */
  static Instant time(String text) {
    String iso = text.replace(' ', 'T');
    if (iso.length() <= 10) {
      iso += "T00:00:00";
    }
    return iso.matches(".*(Z|[+-]\\d\\d:?\\d\\d)")
        ? java.time.OffsetDateTime.parse(iso).toInstant()
        : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
  }
}
