package dev.headwater.pipelines.project;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One feature view of the project file. */
final class ViewSection {
  private final Rows rows;
  private final Section s;

  ViewSection(Rows rows, Section section) {
    this.rows = rows;
    this.s = section;
  }

  ViewDecl parse() {
    String from = s.required("from", "<a table>");
    List<String> key = s.texts("key");
    String time = rows.time(s, from);
    String known = s.expression("known");
    List<Window> windows = new ArrayList<>();
    if (!s.has("windows")) {
      s.required("windows", "[24h, 7d]");
    }
    for (String text : s.texts("windows")) {
      Window window = s.read(Window::new, text, "windows");
      if (window != null) {
        windows.add(window);
      }
    }
    Map<String, String> values = new LinkedHashMap<>();
    Section named = s.has("values") ? s.section("values") : null;
    if (!s.has("values")) {
      s.required("values", "{rows: count(*)}");
    }
    if (named != null) {
      for (String value : named.names()) {
        Values.named(named, value, value);
        String sql = named.expression(value);
        if (sql != null) {
          values.put(value, sql);
        }
      }
    }
    String point = Values.or(time, "");
    return new ViewDecl(
        s.name(), Values.or(from, ""), key, point, Values.or(known, point), windows, values);
  }
}
