package dev.headwater.runners;

import dev.headwater.pipelines.project.Target;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Figures of stages in Prometheus' text format. Not thread-safe. */
final class Exposition {
  static final String ROWS = "headwater_stage_rows_total";
  static final String RUNNING = "headwater_stage_running";

  private record Family(String type, String help, Map<String, Double> samples) {}

  private final Map<String, Family> families = new LinkedHashMap<>();

  Exposition() {
    family(ROWS, "counter", "Rows that a stage has read.");
    family(RUNNING, "gauge", "1 while a stage works.");
  }

  void family(String name, String type, String help) {
    families.put(name, new Family(type, help, new TreeMap<>()));
  }

  static String labels(String project, Target target) {
    return labels(project, target.kind().stage(), target.name());
  }

  static String labels(String project, String stage, String target) {
    return "project=\"%s\",stage=\"%s\",target=\"%s\""
        .formatted(escaped(project), stage, escaped(target));
  }

  static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  void set(String family, String labels, double value) {
    samples(family).put(labels, value);
  }

  void add(String family, String labels, double value) {
    samples(family).merge(labels, value, Double::sum);
  }

  private Map<String, Double> samples(String family) {
    Family known = families.get(family);
    if (known == null) {
      throw new IllegalStateException(family);
    }
    return known.samples();
  }

  /** All of it, as Prometheus reads it. */
  String text() {
    StringBuilder out = new StringBuilder();
    families.forEach(
        (name, family) -> {
          out.append("# HELP ").append(name).append(' ').append(family.help()).append('\n');
          out.append("# TYPE ").append(name).append(' ').append(family.type()).append('\n');
          family
              .samples()
              .forEach(
                  (labels, value) -> {
                    out.append(name);
                    if (!labels.isEmpty()) {
                      out.append('{').append(labels).append('}');
                    }
                    out.append(' ').append(number(value)).append('\n');
                  });
        });
    return out.toString();
  }

  private static String number(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
