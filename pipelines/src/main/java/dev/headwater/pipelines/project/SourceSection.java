package dev.headwater.pipelines.project;

import dev.headwater.files.SourceFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One source of the project file: paths, a Kafka topic, or somebody else's table. */
final class SourceSection {
  private final Section all;
  private final String name;

  SourceSection(Section all, String name) {
    this.all = all;
    this.name = name;
  }

  @Nullable SourceDecl parse() {
    List<String> paths;
    SourceFormat format;
    Map<String, String> storage = Map.of();
    Window settle = null;
    if (all.isSection(name)) {
      Section section = Objects.requireNonNull(all.section(name));
      if (section.has("table")) {
        String table = section.required("table", "prod.sales.orders");
        String time = section.text("time");
        section.end();
        return new SourceDecl(name, Values.or(table, ""), time);
      }
      if (section.has("kafka")) {
        Section topic = section.section("kafka");
        section.end();
        return topic == null ? null : new SourceDecl(name, new KafkaSection(topic).parse());
      }
      for (String other : List.of("jdbc", "sql")) {
        if (section.has(other)) {
          section.problem(
              other,
              "a source of kind '"
                  + other
                  + "' is not supported yet. Files are: "
                  + name
                  + ": data/*.parquet");
          return null;
        }
      }
      paths = section.texts("files");
      format = FormatSection.parse(section, paths);
      if (!section.has("files")) {
        section.problem("files", "is missing. Write files: data/*.parquet");
      }
      storage = storage(section);
      settle = section.value("settle", Window::new);
      section.end();
    } else {
      paths = all.texts(name);
      format = FormatSection.of(paths);
    }
    for (String path : paths) {
      String refusal = SourceDecl.refusal(path);
      if (refusal != null) {
        all.problem(name, refusal);
      }
    }
    return new SourceDecl(name, paths, format, storage, settle, null, null, null);
  }

  private static Map<String, String> storage(Section source) {
    Section section = source.section("storage");
    if (section == null) {
      return Map.of();
    }
    Map<String, String> storage = new LinkedHashMap<>();
    section.names().forEach(key -> Properties.read(section, key, storage));
    Properties.secrets(storage, section::problem);
    section.end();
    return storage;
  }
}
