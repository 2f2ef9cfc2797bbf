package dev.headwater.pipelines.project;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A project, or one of its targets, as YAML with every default filled in. It can be put into the
 * project file as it is: nothing changes by it.
 */
public final class Explain {
  private static final Pattern BARE = Pattern.compile("[A-Za-z_/*][A-Za-z0-9_@./*()+<>= -]*");

  private static final Pattern KEY = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_.-]*");

  private Explain() {}

  /** One target. */
  public static String of(Project project, Target target) {
    Map<String, Object> noun = new LinkedHashMap<>();
    noun.put(target.name(), new Forms(project, sql -> sql).of(target));
    Map<String, Object> form = new LinkedHashMap<>();
    form.put(target.noun(), noun);
    return yaml(form);
  }

  /** All of it. */
  public static String of(Project project) {
    boolean some = !project.environments().declared().isEmpty();
    return (some ? "# As it is in environment " + project.environment().name() + ".\n" : "")
        + yaml(data(project));
  }

  /** All of it as data, for programs. */
  public static Map<String, Object> data(Project project) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("project", project.name());
    if (!project.catalogs().isEmpty()) {
      Map<String, Object> catalogs = new LinkedHashMap<>();
      project.catalogs().forEach((name, catalog) -> catalogs.put(name, catalog.form()));
      form.put("catalogs", catalogs);
    }
    if (project.registry() != null) {
      form.put("registry", Properties.form(project.registry().properties()));
    }
    if (!project.projects().isEmpty()) {
      Map<String, Object> others = new LinkedHashMap<>();
      project.projects().forEach((name, other) -> others.put(name, other.form()));
      form.put("projects", others);
    }
    Map<String, Object> runs = RunSection.form(project.runs());
    if (!runs.isEmpty()) {
      form.put("runs", runs);
    }
    Map<String, Object> sources = new LinkedHashMap<>();
    project
        .sources()
        .forEach(
            (name, source) -> {
              // Those with a slash stand where they are named.
              if (name.indexOf('/') < 0) {
                sources.put(name, source.form());
              }
            });
    form.put("sources", sources);
    for (Target target : Targets.declared(project)) {
      @SuppressWarnings("unchecked") // each noun was put in here as such a map
      Map<String, Object> noun =
          (Map<String, Object>) form.computeIfAbsent(target.noun(), n -> new LinkedHashMap<>());
      noun.put(target.name(), new Forms(project, sql -> sql).of(target));
    }
    return form;
  }

  /** The same as data, for programs. */
  public static Map<String, Object> data(Project project, Target target) {
    return new Forms(project, sql -> sql).of(target);
  }

  private static String yaml(Map<?, ?> form) {
    return yaml(form, path -> List.of());
  }

  /**
   * A form as YAML.
   *
   * @param notes comments above what has this path: {@code sources.a.columns.b}
   */
  static String yaml(Map<?, ?> form, Function<String, List<String>> notes) {
    StringBuilder out = new StringBuilder();
    block(out, form, "", "", notes);
    return out.toString();
  }

  private static void block(
      StringBuilder out,
      Map<?, ?> form,
      String indent,
      String path,
      Function<String, List<String>> notes) {
    form.forEach(
        (key, value) -> {
          String at = path + key;
          notes
              .apply(at)
              .forEach(note -> out.append(indent).append("# ").append(line(note)).append('\n'));
          out.append(indent).append(key(key)).append(':');
          if (value instanceof Map<?, ?> map && !(flat(map) && plain(map, at, notes))) {
            out.append('\n');
            block(out, map, indent + "  ", at + ".", notes);
          } else {
            out.append(' ').append(flow(value)).append('\n');
          }
        });
  }

  private static boolean plain(Map<?, ?> map, String path, Function<String, List<String>> notes) {
    return map.keySet().stream().allMatch(key -> notes.apply(path + "." + key).isEmpty());
  }

  private static String line(String note) {
    return note.replaceAll("\\p{Cntrl}", " ");
  }

  private static String key(Object key) {
    String text = String.valueOf(key);
    return KEY.matcher(text).matches() ? text : Yaml.quote(text);
  }

  /** Small maps read better in one line. */
  private static boolean flat(Map<?, ?> map) {
    return map.size() <= 3
        && map.values().stream().noneMatch(v -> v instanceof Map)
        && flow(map).length() <= 70;
  }

  static String flow(Object value) {
    if (value instanceof Map<?, ?> map) {
      return "{"
          + String.join(
              ", ",
              map.entrySet().stream()
                  .map(e -> key(e.getKey()) + ": " + flow(e.getValue()))
                  .toList())
          + "}";
    }
    if (value instanceof List<?> list) {
      return "[" + String.join(", ", list.stream().map(Explain::flow).toList()) + "]";
    }
    String text = String.valueOf(value);
    boolean bare =
        !(value instanceof String)
            || text.matches("\\d{4}-\\d{2}-\\d{2}|\\d+[smhdw]")
            || (BARE.matcher(text).matches() && !text.matches("(?i)true|false|null|\\*.*|.*\\s"));
    return bare ? text : Yaml.quote(text);
  }
}
