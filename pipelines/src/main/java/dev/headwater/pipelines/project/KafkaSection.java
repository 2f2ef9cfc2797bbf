package dev.headwater.pipelines.project;

import dev.headwater.files.SourceColumn;
import dev.headwater.pipelines.project.KafkaDecl.Format;
import dev.headwater.pipelines.project.KafkaDecl.Meta;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A Kafka topic in the project file. */
final class KafkaSection {
  private final Section s;

  KafkaSection(Section section) {
    this.s = section;
  }

  KafkaDecl parse() {
    String servers = s.required("servers", "localhost:9092");
    String topic = s.required("topic", "flights");
    String word = s.value("format", t -> Values.oneOf(t, words(Format.values())));
    List<SourceColumn> columns = FormatSection.columns(s);
    String others = s.value("others", t -> Values.oneOf(t, List.of("refuse", "ignore")));
    String schema = s.text("schema");
    String registry = s.text("registry");
    Map<String, Meta> meta = new LinkedHashMap<>();
    if (s.isSection(Meta.KEY.word())) {
      key(meta);
    }
    for (Meta of : Meta.values()) {
      boolean plain = of != Meta.KEY_TEXT && !(of == Meta.KEY && s.isSection(of.word()));
      String column = plain ? s.text(of.word()) : null;
      if (column != null && meta.putIfAbsent(column, of) != null) {
        s.problem(of.word(), "'" + column + "' is there twice");
      }
    }
    String from = s.text("from");
    Window lateness = s.value("lateness", Window::new);
    Map<String, String> properties = new LinkedHashMap<>();
    Section all = s.section("properties");
    if (all != null) {
      all.names().forEach(key -> Properties.read(all, key, properties));
    }
    KafkaDecl kafka =
        new KafkaDecl(
            Values.or(servers, ""),
            Values.or(topic, ""),
            word == null ? Format.JSON : Format.valueOf(word.toUpperCase(Locale.ROOT)),
            columns,
            "ignore".equals(others),
            schema,
            registry,
            meta,
            from == null ? KafkaDecl.BEGINNING : from,
            lateness == null ? KafkaDecl.LATENESS : lateness,
            properties);
    KafkaRules.check(kafka, this::problem);
    s.end();
    return kafka;
  }

  private void key(Map<String, Meta> meta) {
    Section own = s.section(Meta.KEY.word());
    if (own != null) {
      String column = own.required("column", "user");
      String type = own.value("type", t -> Values.oneOf(t, List.of("binary", "string")));
      own.end();
      if (column != null) {
        meta.put(column, "string".equals(type) ? Meta.KEY_TEXT : Meta.KEY);
      }
    }
  }

  private static List<String> words(Format[] formats) {
    return Arrays.stream(formats).map(Format::word).toList();
  }

  /** At the key's own line; those of properties have lines of their own. */
  private void problem(String key, String what) {
    s.problem(key, what);
  }
}
