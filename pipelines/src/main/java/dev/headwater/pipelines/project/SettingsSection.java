package dev.headwater.pipelines.project;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a table's files are written, as the project file says it: its properties and its order. */
final class SettingsSection {
  private SettingsSection() {}

  static Map<String, String> properties(@Nullable Section s) {
    Map<String, String> all = new LinkedHashMap<>();
    if (s == null) {
      return all;
    }
    for (String name : s.names()) {
      String value = s.text(name);
      if (value != null) {
        all.put(name, value);
      }
    }
    return all;
  }

  static List<Sort> sort(Section s) {
    List<Sort> fields = new ArrayList<>();
    for (String text : s.texts("sort")) {
      Sort field = s.read(Sort::parse, text, "sort");
      if (field != null) {
        fields.add(field);
      }
    }
    return fields;
  }

  /** Only what is not the default. */
  static void form(Keep keep, Map<String, Object> form) {
    if (!keep.sort().isEmpty()) {
      form.put("sort", keep.sort().stream().map(Sort::toString).toList());
    }
    if (!keep.properties().isEmpty()) {
      form.put("properties", new LinkedHashMap<>(keep.properties()));
    }
  }
}
