package dev.headwater.pipelines.project;

import dev.headwater.validate.Contract;
import dev.headwater.validate.Contract.ColumnRule;
import dev.headwater.validate.Contract.NamedRule;
import dev.headwater.validate.Contract.UnknownColumns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads contracts from their YAML files. */
public final class Contracts {
  private Contracts() {}

  /**
   * The contract of a table, if it has one.
   *
   * @throws ProjectException with all mistakes in its file
   */
  public static Optional<Contract> of(Project project, TableDecl table) {
    return of(project, table.contract());
  }

  /** The contract in a file as the project names it; empty for none. */
  public static Optional<Contract> of(Project project, @Nullable String file) {
    return file == null ? Optional.empty() : Optional.of(read(project.origin().folder(), file));
  }

  static Contract read(Path folder, String file) {
    String text;
    try {
      text = Files.readString(folder.resolve(file));
    } catch (IOException e) {
      throw new ProjectException(
          file,
          List.of(new Problem(0, "", "there is no such file, or it cannot be read as UTF-8")));
    }
    Section top = Yaml.top(file, text);
    List<ColumnRule> columns = new ArrayList<>();
    Section named = top.section("columns");
    if (named != null) {
      named.names().forEach(name -> column(named, name, columns));
    }
    List<NamedRule> rules = new ArrayList<>();
    Section said = top.section("rules");
    if (said != null) {
      for (String name : said.names()) {
        String sql = said.expression(name);
        if (sql != null) {
          rules.add(new NamedRule(name, sql));
        }
      }
    }
    UnknownColumns unknown =
        top.value(
            "unknown_columns",
            t ->
                UnknownColumns.valueOf(
                    Values.oneOf(t, List.of("allow", "refuse")).toUpperCase(Locale.ROOT)));
    Double share = top.value("max_bad_share", t -> Values.number(t, 0));
    Long rows = top.value("max_bad_rows", t -> Values.whole(t, 0, Long.MAX_VALUE));
    top.end();
    if (share != null && share > 1) {
      top.problem("max_bad_share", "'" + share + "' is not a share from 0 to 1");
    }
    if (!top.notes().problems().isEmpty()) {
      throw new ProjectException(file, top.notes().problems());
    }
    return new Contract(
        columns,
        rules,
        unknown == null ? UnknownColumns.ALLOW : unknown,
        share == null ? 1 : share,
        rows == null ? Long.MAX_VALUE : rows);
  }

  private static void column(Section all, String name, List<ColumnRule> columns) {
    Section s = all.section(name);
    if (s == null) {
      return;
    }
    String type = s.text("type");
    Boolean required =
        s.value("required", t -> Values.oneOf(t, List.of("true", "false")).equals("true"));
    String min = s.text("min");
    String max = s.text("max");
    List<String> allowed = s.texts("allowed");
    String pattern = s.text("pattern");
    s.end();
    ColumnRule rule =
        s.read(
            t ->
                new ColumnRule(
                    name, type, Boolean.TRUE.equals(required), min, max, allowed, pattern),
            "",
            "pattern");
    if (rule != null) {
      columns.add(rule);
    }
  }
}
