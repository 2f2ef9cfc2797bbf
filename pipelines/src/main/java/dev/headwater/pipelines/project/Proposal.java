package dev.headwater.pipelines.project;

import dev.headwater.files.SourceFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A source and the table that is filled from it, to be kept in a project file.
 *
 * @param project its name, where there is none yet
 * @param time the column with the rows' event time, where one is to be seen
 */
public record Proposal(
    @Nullable String project,
    String table,
    List<String> paths,
    SourceFormat format,
    @Nullable String time) {
  public Proposal {
    paths = List.copyOf(paths);
  }

  /** How files are read whose names say so. */
  public static SourceFormat format(List<String> paths) {
    return FormatSection.of(paths);
  }

  /** A name that a project can have for something, made of any text. */
  public static String name(String text) {
    String name =
        text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]+", "_").replaceAll("^_+|_+$", "");
    return name.isEmpty() ? "data" : Character.isDigit(name.charAt(0)) ? "t_" + name : name;
  }

  /** As lists, maps and texts, with the keys of the project file. */
  public Map<String, Object> data() {
    Map<String, Object> form = new LinkedHashMap<>();
    if (project != null) {
      form.put("project", project);
    }
    String source = table + "_file";
    Object files = new SourceDecl(source, paths, format).form();
    form.put("sources", Map.of(source, simple(files)));
    Map<String, Object> into = new LinkedHashMap<>();
    into.put("from", source);
    if (time != null) {
      into.put("time", time);
    }
    form.put("tables", Map.of(table, into));
    return form;
  }

  /** One path needs no list. */
  static Object simple(Object files) {
    if (files instanceof List<?> list && list.size() == 1) {
      return list.get(0);
    }
    if (files instanceof Map<?, ?> map) {
      Map<Object, Object> out = new LinkedHashMap<>(map);
      out.computeIfPresent("files", (key, paths) -> simple(paths));
      return out;
    }
    return files;
  }

  /**
   * As the project file has it.
   *
   * @param notes what is to be said of a column
   */
  public String yaml(Function<String, List<String>> notes) {
    String columns = "sources." + table + "_file.columns.";
    return Explain.yaml(
        data(),
        path ->
            path.startsWith(columns) ? notes.apply(path.substring(columns.length())) : List.of());
  }
}
